# PowerShell 2 or later.  No text of a certificate: its thumbprint names it.
$ErrorActionPreference = 'Stop'
$Me = $MyInvocation.MyCommand.Path

if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    'PowerShell is not allowed to do this here: use install.cmd and verify.cmd'
    exit 3
}

# A 32-bit management agent sees another registry: start again as a 64-bit program.
$Native = "$env:SystemRoot\Sysnative\WindowsPowerShell\v1.0\powershell.exe"
if ($env:PROCESSOR_ARCHITEW6432 -and (Test-Path -LiteralPath $Native)) {
    & $Native -NoProfile -NonInteractive -ExecutionPolicy Bypass -File $Me
    exit $LASTEXITCODE
}

$Denied = -2147024891 # 0x80070005
$Stores = 'HKLM:\SOFTWARE\Microsoft\SystemCertificates'
$Enterprise = 'HKLM:\SOFTWARE\Microsoft\EnterpriseCertificates'
$Policies = 'HKLM:\SOFTWARE\Policies\Microsoft\SystemCertificates'

function OpenStore([string]$Store, [string]$How) {
    $opened = New-Object System.Security.Cryptography.X509Certificates.X509Store $Store, 'LocalMachine'
    $opened.Open($How)
    return $opened
}

# The machine's store as programs see it, with every member.
function HoldsCertificate([string]$Store, [string]$Sha1) {
    try { $opened = OpenStore $Store 'ReadOnly, OpenExistingOnly' } catch { return $false }
    try { return $opened.Certificates.Find('FindByThumbprint', $Sha1, $false).Count -gt 0 }
    finally { $opened.Close() }
}

# The member that holds it, for the record.
function FindPlace([string]$Store, [string]$Sha1) {
    if (-not (HoldsCertificate $Store $Sha1)) { return 'absent' }
    if (Test-Path -LiteralPath "$Stores\$Store\Certificates\$Sha1") { return 'LM' }
    if ($Store -eq 'Root' -and (Test-Path -LiteralPath "$Stores\AuthRoot\Certificates\$Sha1")) { return 'LM-AuthRoot' }
    if (Test-Path -LiteralPath "$Policies\$Store\Certificates\$Sha1") { return 'LM-GroupPolicy' }
    if (Test-Path -LiteralPath "$Enterprise\$Store\Certificates\$Sha1") { return 'LM-Enterprise' }
    return 'elsewhere'
}

# The number as 0x1f, absent or other.
function ReadPolicy([string]$Key, [string]$Name) {
    $item = Get-Item -LiteralPath $Key.Replace('HKLM\', 'HKLM:\') -ErrorAction SilentlyContinue
    if ($item -eq $null) { return 'absent' }
    $value = $item.GetValue($Name)
    if ($value -eq $null) { return 'absent' }
    if ($item.GetValueKind($Name) -ne 'DWord') { return 'other' }
    return '0x{0:x}' -f $value
}
