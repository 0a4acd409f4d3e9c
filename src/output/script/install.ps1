
$Here = Split-Path -Parent $Me
$Record = "HKLM:\SOFTWARE\winroots\bundles\$Bundle"
$Native = "$env:SystemRoot\System32\reg.exe"
$Computer = $env:COMPUTERNAME -replace '[^A-Za-z0-9_-]', ''
$Actions = @()
$InPlace = 0
$Failed = 0
$Manual = 0
$WasDenied = $false

# Only administrators can write to the Windows folder's Logs; without elevation it is TEMP.
$Logs = $null
foreach ($try in "$env:SystemRoot\Logs\winroots", "$env:TEMP\winroots", "$Here\log") {
    if ($Logs) { continue }
    try {
        [void][IO.Directory]::CreateDirectory($try)
        [IO.File]::WriteAllText("$try\winroots.log", '')
        $Logs = $try
    } catch { continue }
}
if (-not $Logs) {
    'no folder to write the log to'
    'Fixing result is False.'
    exit 3
}

# A log that cannot be written never stops the work.
function Say([string]$Line) {
    [Console]::Out.WriteLine($Line)
    try { [IO.File]::AppendAllText("$Logs\winroots.log", "$Line`r`n", [Text.Encoding]::ASCII) } catch { return }
}

function AddAction([string]$Members) {
    $script:Actions += "    {$Members}"
}

# Counts what came of a step, and tells it.
function Report([string]$What, [string]$Members, [string]$Before, [string]$Outcome, [bool]$Right, [int]$Code) {
    if ($Right) { $script:InPlace++ } else { $script:Failed++ }
    if (-not $Right -and $Code -eq $Denied) { $script:WasDenied = $true }
    Say "${What}: $Outcome, before $Before, code $Code"
    AddAction ("$Members, `"before`": `"$Before`", `"outcome`": `"$Outcome`", `"in_place`": " +
        "$Right".ToLower() + ", `"code`": $Code")
}

function ReportCertificate([string]$Action, [string]$Store, [string]$Sha1, [string]$Before, [string]$Outcome,
    [bool]$Right, [int]$Code) {
    $members = "`"action`": `"$Action`", `"store`": `"$Store`", `"sha1`": `"$Sha1`""
    Report "$Action $Store $Sha1" $members $Before $Outcome $Right $Code
}

function ReportPolicy([string]$Action, [string]$Name, [string]$Want, [string]$Before, [string]$Outcome,
    [bool]$Right, [int]$Code) {
    $members = "`"action`": `"$Action`", `"name`": `"$Name`", `"value`": `"$Want`""
    Report "$Action $Name $Want" $members $Before $Outcome $Right $Code
}

# What the system refused, by its HRESULT.
function ReportProblem([string]$Action, [string]$Store, [string]$Sha1, [string]$Before, $Problem) {
    $exception = $Problem.Exception
    while ($exception.InnerException) { $exception = $exception.InnerException }
    $code = [Runtime.InteropServices.Marshal]::GetHRForException($exception)
    $outcome = 'failed'
    if ($code -eq $Denied) { $outcome = 'denied' }
    ReportCertificate $Action $Store $Sha1 $Before $outcome $false $code
}

# For rollback.cmd: what was there before the change.
function RecordChange([string]$Place, [string]$Item, [string]$Before) {
    try {
        if (-not (Test-Path -LiteralPath "$Record\$Place")) { [void](New-Item -Path "$Record\$Place" -Force) }
        [void](New-ItemProperty -Path "$Record\$Place" -Name $Item -Value $Before -PropertyType String -Force)
    } catch { Say "not recorded for rollback: $Place $Item" }
}

function HashOf([byte[]]$Bytes) {
    try {
        Add-Type -AssemblyName System.Core
        $sha256 = New-Object System.Security.Cryptography.SHA256CryptoServiceProvider
    } catch { $sha256 = [Security.Cryptography.SHA256]::Create() }
    return [BitConverter]::ToString($sha256.ComputeHash($Bytes)).Replace('-', '').ToLower()
}

function PutCertificate([string]$Action, [string]$Store, [string]$Sha1, [string]$Sha256) {
    try { $bytes = [IO.File]::ReadAllBytes("$Here\certs\$Store\$Sha1.cer") } catch {
        ReportCertificate $Action $Store $Sha1 'unknown' 'file_missing' $false 0
        return
    }
    if ((HashOf $bytes) -ne $Sha256) {
        ReportCertificate $Action $Store $Sha1 'unknown' 'hash_mismatch' $false 0
        return
    }
    $before = FindPlace $Store $Sha1
    if ($before -ne 'absent') {
        ReportCertificate $Action $Store $Sha1 $before 'present' $true 0
        return
    }
    try {
        $certificate = New-Object System.Security.Cryptography.X509Certificates.X509Certificate2 (, $bytes)
        $opened = OpenStore $Store 'ReadWrite'
        try { $opened.Add($certificate) } finally { $opened.Close() }
    } catch {
        ReportProblem $Action $Store $Sha1 $before $_
        return
    }
    if (-not (HoldsCertificate $Store $Sha1)) {
        ReportCertificate $Action $Store $Sha1 $before 'absent_after_add' $false 0
        return
    }
    RecordChange "$Action\$Store" $Sha1 $before
    ReportCertificate $Action $Store $Sha1 $before 'added' $true 0
}

function TakeCertificate([string]$Action, [string]$Store, [string]$Sha1, [string]$Sha256) {
    $before = FindPlace $Store $Sha1
    if ($before -eq 'absent') {
        ReportCertificate $Action $Store $Sha1 $before 'absent' $true 0
        return
    }
    if ($before -ne 'LM') {
        ReportCertificate $Action $Store $Sha1 $before 'held_elsewhere' $false 0
        return
    }
    # Kept with its properties, for rollback.
    $from = "$Stores\$Store\Certificates\$Sha1".Replace('HKLM:', 'HKLM')
    $to = "$Record\saved\$Store\$Sha1".Replace('HKLM:', 'HKLM')
    & $Native copy $from $to /s /f | Out-Null
    if ($LASTEXITCODE -ne 0) {
        ReportCertificate $Action $Store $Sha1 $before 'denied' $false $Denied
        return
    }
    try {
        $opened = OpenStore $Store 'ReadWrite'
        try {
            foreach ($found in $opened.Certificates.Find('FindByThumbprint', $Sha1, $false)) { $opened.Remove($found) }
        } finally { $opened.Close() }
    } catch {
        ReportProblem $Action $Store $Sha1 $before $_
        return
    }
    RecordChange "$Action\$Store" $Sha1 $before
    if (HoldsCertificate $Store $Sha1) {
        ReportCertificate $Action $Store $Sha1 $before 'present_after_delete' $false 0
        return
    }
    ReportCertificate $Action $Store $Sha1 $before 'deleted' $true 0
}

function SetPolicy([string]$Action, [string]$Key, [string]$Name, [string]$Want) {
    $path = $Key.Replace('HKLM\', 'HKLM:\')
    $before = ReadPolicy $Key $Name
    if ($before -eq $Want) {
        ReportPolicy $Action $Name $Want $before 'present' $true 0
        return
    }
    if ($before -eq 'other') {
        ReportPolicy $Action $Name $Want $before 'not_a_number' $false 0
        return
    }
    try {
        if (-not (Test-Path -LiteralPath $path)) { [void](New-Item -Path $path -Force) }
        [void](New-ItemProperty -Path $path -Name $Name -Value ([Convert]::ToInt32($Want, 16)) -PropertyType DWord -Force)
    } catch {
        ReportPolicy $Action $Name $Want $before 'denied' $false $Denied
        return
    }
    if ((ReadPolicy $Key $Name) -ne $Want) {
        ReportPolicy $Action $Name $Want $before 'failed' $false 0
        return
    }
    RecordChange "$Action\$Key" $Name $before
    ReportPolicy $Action $Name $Want $before 'set' $true 0
}

function LeaveToPerson([string]$Requirement) {
    $script:Manual++
    Say "manual ${Requirement}: not_fixed, a person has to do it"
    AddAction "`"action`": `"manual`", `"requirement`": `"$Requirement`", `"outcome`": `"not_fixed`""
}

function EndSteps {
    $code = 0
    if ($Failed -gt 0) {
        $code = 1
        if ($InPlace -gt 0) { $code = 5 }
        if ($WasDenied) { $code = 2 }
    }
    $right = "$($code -eq 0)".ToLower()
    $text = "{`r`n  `"schema`": `"winroots.result/1`",`r`n  `"bundle`": `"$Bundle`",`r`n  `"script`": `"install`",`r`n" +
        "  `"computer`": `"$Computer`",`r`n  `"actions`": [`r`n" + [string]::Join(",`r`n", $Actions) +
        "`r`n  ],`r`n  `"in_place`": $InPlace,`r`n  `"failed`": $Failed,`r`n  `"manual`": $Manual,`r`n" +
        "  `"exit`": $code,`r`n  `"result`": $right`r`n}`r`n"
    try { [IO.File]::WriteAllText("$Logs\result.json", $text, [Text.Encoding]::ASCII) } catch { Say 'result.json was not written' }
    Say "in place $InPlace, failed $Failed, manual $Manual, exit code $code"
    Say "Fixing result is $($code -eq 0)."
    # A copy beside this script, where that can be written.
    try {
        [void][IO.Directory]::CreateDirectory("$Here\log")
        [IO.File]::Copy("$Logs\winroots.log", "$Here\log\winroots.log", $true)
        [IO.File]::Copy("$Logs\result.json", "$Here\log\result.json", $true)
    } catch { }
    exit $code
}

Say "winroots bundle $Bundle, install on $Computer"
Say (Get-Date -Format s)

# What to do: action, store, SHA-1, SHA-256 of the file; or action, key, name, number.
