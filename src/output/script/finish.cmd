
:manual
set /a MANUAL+=1
call :say "manual %~1: not_fixed, a person has to do it"
>>"%RESULT%" echo     %COMMA%{"action": "manual", "requirement": "%~1", "outcome": "not_fixed"}
set "COMMA=,"
goto :eof

rem A verb begins with one of the next two and ends at done, denied or failed.
:certificate
set "ACTION=%1"
set "STORE=%2"
set "SHA1=%3"
set "PLACE=%1\%2"
set "ITEM=%3"
set "BEFORE=unknown"
set "CODE=0"
goto :eof

:policy
set "ACTION=%1"
set "KEY=%~2"
set "NAME=%~3"
set "WANT=%4"
set "PLACE=%1\%~2"
set "ITEM=%~3"
set "BEFORE=unknown"
set "CODE=0"
goto :eof

:denied
set "DENIED=1"
set "OUTCOME=denied"

:failed
set /a FAILED+=1
set "OK=false"
goto :report

:done
set "CODE=0"
set /a IN_PLACE+=1
set "OK=true"

:report
if "%ACTION%"=="set_policy" goto :report_policy
call :say "%ACTION% %STORE% %SHA1%: %OUTCOME%, before %BEFORE%, code %CODE%"
>>"%RESULT%" echo     %COMMA%{"action": "%ACTION%", "store": "%STORE%", "sha1": "%SHA1%", "before": "%BEFORE%", "outcome": "%OUTCOME%", "in_place": %OK%, "code": %CODE%}
set "COMMA=,"
goto :eof

:report_policy
call :say "%ACTION% %NAME% %WANT%: %OUTCOME%, before %BEFORE%, code %CODE%"
>>"%RESULT%" echo     %COMMA%{"action": "%ACTION%", "name": "%NAME%", "value": "%WANT%", "before": "%BEFORE%", "outcome": "%OUTCOME%", "in_place": %OK%, "code": %CODE%}
set "COMMA=,"
goto :eof

rem CODE = 0 where the store, or the member of it that is given, holds the certificate.
:find
"%CERTUTIL%" %1 -store %STORE% %SHA1% <nul >nul 2>&1
set "CODE=%ERRORLEVEL%"
goto :eof

rem WHERE = the member that holds it, for the record.
:where
set "WHERE=absent"
if %CODE% NEQ 0 goto :eof
set "WHERE=elsewhere"
call :member LM-Enterprise "HKLM\SOFTWARE\Microsoft\EnterpriseCertificates\%STORE%"
call :member LM-GroupPolicy "HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\%STORE%"
if /i "%STORE%"=="Root" call :member LM-AuthRoot "%STORES%\AuthRoot"
call :member LM "%STORES%\%STORE%"
goto :eof

:member
"%REG%" query "%~2\Certificates\%SHA1%" /reg:64 <nul >nul 2>&1
if %ERRORLEVEL% EQU 0 set "WHERE=%1"
goto :eof

rem FOUND = the number, absent or other.
:read_policy
set "FOUND=absent"
"%REG%" query "%KEY%" /v "%NAME%" /reg:64 <nul >"%WORK%" 2>nul
if %ERRORLEVEL% NEQ 0 goto :eof
set "FOUND=other"
for /f "usebackq tokens=1-3" %%A in ("%WORK%") do if /i "%%A %%B"=="%NAME% REG_DWORD" set "FOUND=%%C"
goto :eof

rem A log that cannot be written never stops the work.
:say
echo %~1
>>"%LOG%" echo %~1
goto :eof

:try_logs
if not exist "%TRY%\" md "%TRY%" >nul 2>&1
copy /y nul "%TRY%\%LOG_NAME%" >nul 2>&1
if %ERRORLEVEL% EQU 0 set "LOGS=%TRY%"
goto :eof

:no_logs
echo no folder to write the log to
echo %QUESTION% result is False.
exit /b 3

:finish
set "EXIT=0"
if %FAILED% EQU 0 goto :stopped
set "EXIT=1"
if %IN_PLACE% NEQ 0 set "EXIT=5"
if defined DENIED set "EXIT=2"

:stopped
if not defined STOP goto :answer
set "EXIT=3"
call :say "stopped: %STOP%"

:answer
set "ANSWER=True"
set "RIGHT=true"
if %EXIT% EQU 0 goto :close
set "ANSWER=False"
set "RIGHT=false"

:close
>>"%RESULT%" echo   ],
>>"%RESULT%" echo   "in_place": %IN_PLACE%,
>>"%RESULT%" echo   "failed": %FAILED%,
>>"%RESULT%" echo   "manual": %MANUAL%,
>>"%RESULT%" echo   "exit": %EXIT%,
>>"%RESULT%" echo   "result": %RIGHT%
>>"%RESULT%" echo }
move /y "%RESULT%" "%LOGS%\%RESULT_NAME%" >nul 2>&1
del /q "%WORK%" >nul 2>&1
call :say "in place %IN_PLACE%, failed %FAILED%, manual %MANUAL%, exit code %EXIT%"
call :say "%QUESTION% result is %ANSWER%."
rem A copy beside this script, where that can be written.
if not exist "%HERE%log\" md "%HERE%log" >nul 2>&1
copy /y "%LOG%" "%HERE%log" >nul 2>&1
copy /y "%LOGS%\%RESULT_NAME%" "%HERE%log" >nul 2>&1
exit /b %EXIT%
