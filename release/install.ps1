# Installs Tidegate @VERSION@ into a folder: $env:TIDEGATE_FOLDER, else %LOCALAPPDATA%\Tidegate.
#
# The binary is held against the SHA-256 digest in this file, and nothing is installed when they differ.
# TIDEGATE_MIRROR names another place to download from, as in https://mirror.acme.example/tidegate.
$ErrorActionPreference = 'Stop'

function Install-Tidegate {
    $version = '@VERSION@'
    $digests = @'
@DIGESTS@
'@
    $mirror = $env:TIDEGATE_MIRROR
    if (-not $mirror) { $mirror = 'https://github.com/tidegate/tidegate/releases/download' }
    $folder = $env:TIDEGATE_FOLDER
    if (-not $folder) { $folder = Join-Path $env:LOCALAPPDATA 'Tidegate' }

    $processor = switch ([System.Runtime.InteropServices.RuntimeInformation]::OSArchitecture.ToString()) {
        'X64' { 'x86_64' }
        'Arm64' { 'aarch64' }
        default { throw "tidegate was not installed: there is no binary for $_; ``cargo install tidegate --features full`` builds one" }
    }
    $target = "$processor-pc-windows-msvc"
    $line = $digests -split "`n" | Where-Object { $_.Trim().EndsWith(" $target") } | Select-Object -First 1
    if (-not $line) { throw "tidegate was not installed: this installer knows no digest for $target" }
    $wanted = $line.Trim().Split(' ')[0]

    New-Item -ItemType Directory -Force -Path $folder | Out-Null
    $new = Join-Path $folder ('.tidegate.' + [System.IO.Path]::GetRandomFileName())
    try {
        Invoke-WebRequest -UseBasicParsing -Uri "$mirror/v$version/tidegate-$target.exe" -OutFile $new
        $found = (Get-FileHash -Algorithm SHA256 -Path $new).Hash.ToLowerInvariant()
        if ($found -ne $wanted) {
            throw "tidegate was not installed: the download has the digest $found instead of $wanted"
        }
        Move-Item -Force -Path $new -Destination (Join-Path $folder 'tidegate.exe')
    }
    finally {
        if (Test-Path $new) { Remove-Item -Force $new }
    }
    Write-Output "tidegate $version is in $folder"
    if (($env:PATH -split ';') -notcontains $folder) {
        Write-Output "Add it to your PATH: setx PATH `"$folder;%PATH%`""
    }
}

# The last line, so that a download that broke off runs nothing.
Install-Tidegate
