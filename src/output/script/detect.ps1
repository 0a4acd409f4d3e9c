
$InPlace = 0
$Missing = 0

function CountStep([bool]$Right) {
    if ($Right) { $script:InPlace++ } else { $script:Missing++ }
}

function PutCertificate([string]$Action, [string]$Store, [string]$Sha1, [string]$Sha256) {
    CountStep (HoldsCertificate $Store $Sha1)
}

function TakeCertificate([string]$Action, [string]$Store, [string]$Sha1, [string]$Sha256) {
    CountStep (-not (HoldsCertificate $Store $Sha1))
}

function SetPolicy([string]$Action, [string]$Key, [string]$Name, [string]$Want) {
    CountStep ((ReadPolicy $Key $Name) -eq $Want)
}

function LeaveToPerson([string]$Requirement) { }

# One line and 0 where all is in place; who asks takes 1 for "run install.ps1".
function EndSteps {
    "winroots bundle ${Bundle}: in place $InPlace, missing $Missing"
    if ($Missing -gt 0) { exit 1 }
    exit 0
}

# What should be there: action, store, SHA-1, SHA-256 of the file; or action, key, name, number.
