if %FAILED% EQU 0 "%REG%" delete "%RECORD%" /f /reg:64 <nul >nul 2>&1
goto :finish

:put
call :certificate %1 %2 %3
call :recorded
set "OUTCOME=not_ours"
if not defined RECORDED goto :done
call :find
call :where
set "BEFORE=%WHERE%"
set "OUTCOME=absent"
if not "%WHERE%"=="LM" goto :undone
"%CERTUTIL%" -delstore %STORE% %SHA1% <nul >nul 2>&1
set "CODE=%ERRORLEVEL%"
set "WHERE=absent"
call :member LM "%STORES%\%STORE%"
set "OUTCOME=deleted"
if "%WHERE%"=="absent" goto :undone
if "%CODE%"=="%ACCESS_DENIED%" goto :denied
set "OUTCOME=present_after_delete"
goto :failed

:take
call :certificate %1 %2 %3
call :recorded
set "OUTCOME=not_ours"
if not defined RECORDED goto :done
call :find
call :where
set "BEFORE=%WHERE%"
set "OUTCOME=present"
if %CODE% EQU 0 goto :undone
"%REG%" copy "%RECORD%\saved\%STORE%\%SHA1%" "%STORES%\%STORE%\Certificates\%SHA1%" /s /f /reg:64 <nul >nul 2>&1
set "CODE=%ERRORLEVEL%"
if %CODE% NEQ 0 goto :denied
set "OUTCOME=absent_after_add"
call :find
if %CODE% NEQ 0 goto :failed
set "OUTCOME=restored"
goto :undone

:set
call :policy %1 %2 %3 %4
call :recorded
set "OUTCOME=not_ours"
if not defined RECORDED goto :done
call :read_policy
set "BEFORE=%FOUND%"
set "OUTCOME=changed_since"
if /i not "%FOUND%"=="%WANT%" goto :undone
if "%RECORDED%"=="absent" goto :unset_policy
"%REG%" add "%KEY%" /v "%NAME%" /t REG_DWORD /d %RECORDED% /f /reg:64 <nul >nul 2>&1
goto :policy_undone

:unset_policy
"%REG%" delete "%KEY%" /v "%NAME%" /f /reg:64 <nul >nul 2>&1

:policy_undone
set "CODE=%ERRORLEVEL%"
if %CODE% NEQ 0 goto :denied
set "OUTCOME=restored"

:undone
"%REG%" delete "%RECORD%\%PLACE%" /v "%ITEM%" /f /reg:64 <nul >nul 2>&1
goto :done

rem What was there before install.cmd changed it; not defined where it changed nothing.
:recorded
set "RECORDED="
"%REG%" query "%RECORD%\%PLACE%" /v "%ITEM%" /reg:64 <nul >"%WORK%" 2>nul
if %ERRORLEVEL% NEQ 0 goto :eof
for /f "usebackq tokens=1-3" %%A in ("%WORK%") do if /i "%%A %%B"=="%ITEM% REG_SZ" set "RECORDED=%%C"
goto :eof
