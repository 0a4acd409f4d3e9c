rem Only if, for, call and goto; codes are compared with NEQ 0, because an HRESULT is negative; and
rem no text of a certificate: its thumbprint names it.
for %%V in (ERRORLEVEL RANDOM DATE TIME) do set "%%V="
set "HERE=%~dp0"
set "SYS=%SystemRoot%\System32"
if exist "%SystemRoot%\Sysnative\certutil.exe" set "SYS=%SystemRoot%\Sysnative"
set "CERTUTIL=%SYS%\certutil.exe"
set "REG=%SYS%\reg.exe"
set "STORES=HKLM\SOFTWARE\Microsoft\SystemCertificates"
set "RECORD=HKLM\SOFTWARE\winroots\bundles\%BUNDLE%"
set "COMPUTER=%COMPUTERNAME%"
for /f "delims=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" %%X in ("%COMPUTER%") do set "COMPUTER="
rem 0x80070005
set "ACCESS_DENIED=-2147024891"
set "STOP="
set "DENIED="
set "COMMA="
set "IN_PLACE=0"
set "FAILED=0"
set "MANUAL=0"

rem Only administrators can write to the Windows folder's Logs; without elevation it is TEMP.
set "LOGS="
set "TRY=%SystemRoot%\Logs\winroots"
call :try_logs
set "TRY=%TEMP%\winroots"
if not defined LOGS call :try_logs
set "TRY=%HERE%log"
if not defined LOGS call :try_logs
if not defined LOGS goto :no_logs
set "LOG=%LOGS%\%LOG_NAME%"
set "WORK=%LOGS%\work-%RANDOM%%RANDOM%.tmp"
set "RESULT=%LOGS%\result-%RANDOM%%RANDOM%.tmp"
call :say "winroots bundle %BUNDLE%, %SCRIPT% on %COMPUTER%"
call :say "%DATE% %TIME%"
>"%RESULT%" echo {
>>"%RESULT%" echo   "schema": "winroots.result/1",
>>"%RESULT%" echo   "bundle": "%BUNDLE%",
>>"%RESULT%" echo   "script": "%SCRIPT%",
>>"%RESULT%" echo   "computer": "%COMPUTER%",
>>"%RESULT%" echo   "actions": [
set "STOP=no certutil.exe on this host"
if not exist "%CERTUTIL%" goto :finish
set "STOP="

rem What to do: action, store, SHA-1, SHA-256 of the file; or action, key, name, number.
