goto :finish

:put
call :certificate %1 %2 %3
call :find
call :where
set "BEFORE=%WHERE%"
set "OUTCOME=present"
if %CODE% EQU 0 goto :done
set "OUTCOME=absent"
goto :failed

:take
call :certificate %1 %2 %3
call :find
call :where
set "BEFORE=%WHERE%"
set "OUTCOME=present"
if %CODE% EQU 0 goto :failed
set "OUTCOME=absent"
goto :done

:set
call :policy %1 %2 %3 %4
call :read_policy
set "BEFORE=%FOUND%"
set "OUTCOME=present"
if /i "%FOUND%"=="%WANT%" goto :done
set "OUTCOME=absent"
if not "%FOUND%"=="absent" set "OUTCOME=different"
goto :failed
