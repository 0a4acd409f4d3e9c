goto :finish

:put
call :certificate %1 %2 %3
set "FILE=%HERE%certs\%STORE%\%SHA1%.cer"
set "OUTCOME=file_missing"
if not exist "%FILE%" goto :failed
set "OUTCOME=hash_mismatch"
call :hash
if /i not "%HASH%"=="%~4" goto :failed
call :find
call :where
set "BEFORE=%WHERE%"
set "OUTCOME=present"
if %CODE% EQU 0 goto :done
"%CERTUTIL%" -f -addstore %STORE% "%FILE%" <nul >nul 2>&1
set "CODE=%ERRORLEVEL%"
if %CODE% EQU 0 goto :put_done
set "OUTCOME=failed"
if not "%CODE%"=="%ACCESS_DENIED%" goto :failed
rem Denied: either not elevated, or a read-only member of the store holds the certificate.
set "OUTCOME=held_by_policy"
call :find -grouppolicy
if %CODE% EQU 0 goto :done
call :find -enterprise
if %CODE% EQU 0 goto :done
set "CODE=%ACCESS_DENIED%"
goto :denied

:put_done
set "OUTCOME=absent_after_add"
call :find
if %CODE% NEQ 0 goto :failed
set "OUTCOME=added"
call :record
goto :done

:take
call :certificate %1 %2 %3
call :find
call :where
set "BEFORE=%WHERE%"
set "OUTCOME=absent"
if %CODE% NEQ 0 goto :done
set "OUTCOME=held_elsewhere"
if not "%WHERE%"=="LM" goto :failed
rem Kept with its properties, for rollback.
"%REG%" copy "%STORES%\%STORE%\Certificates\%SHA1%" "%RECORD%\saved\%STORE%\%SHA1%" /s /f /reg:64 <nul >nul 2>&1
set "CODE=%ERRORLEVEL%"
if %CODE% NEQ 0 goto :denied
"%CERTUTIL%" -delstore %STORE% %SHA1% <nul >nul 2>&1
set "CODE=%ERRORLEVEL%"
if "%CODE%"=="%ACCESS_DENIED%" goto :denied
set "OUTCOME=failed"
if %CODE% NEQ 0 goto :failed
call :record
set "OUTCOME=present_after_delete"
call :find
if %CODE% EQU 0 goto :failed
set "OUTCOME=deleted"
goto :done

:set
call :policy %1 %2 %3 %4
call :read_policy
set "BEFORE=%FOUND%"
set "OUTCOME=present"
if /i "%FOUND%"=="%WANT%" goto :done
set "OUTCOME=not_a_number"
if "%FOUND%"=="other" goto :failed
"%REG%" add "%KEY%" /v "%NAME%" /t REG_DWORD /d %WANT% /f /reg:64 <nul >nul 2>&1
set "CODE=%ERRORLEVEL%"
if %CODE% NEQ 0 goto :denied
set "OUTCOME=failed"
call :read_policy
if /i not "%FOUND%"=="%WANT%" goto :failed
set "OUTCOME=set"
call :record
goto :done

rem For rollback.cmd: what was there before the change.
:record
"%REG%" add "%RECORD%\%PLACE%" /v "%ITEM%" /t REG_SZ /d "%BEFORE%" /f /reg:64 <nul >nul 2>&1
if %ERRORLEVEL% NEQ 0 call :say "not recorded for rollback: %ACTION% %ITEM%"
goto :eof

rem HASH = SHA-256 of FILE.  The second line that certutil prints, with or without spaces.
:hash
set "HASH="
"%CERTUTIL%" -hashfile "%FILE%" SHA256 <nul >"%WORK%" 2>nul
set "CODE=%ERRORLEVEL%"
if %CODE% NEQ 0 goto :eof
for /f "usebackq skip=1 delims=" %%L in ("%WORK%") do if not defined HASH set "HASH=%%L"
if defined HASH set "HASH=%HASH: =%"
goto :eof
