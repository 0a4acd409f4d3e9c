#!/usr/bin/env python3
"""What winroots.exe needs of Windows is what a fresh Windows 7 SP1 has:  test_imports.py PROGRAM OBJDUMP"""
import re
import subprocess
import sys
import unittest

PROGRAM, OBJDUMP = sys.argv[1:3]

# Each is a part of every Windows since XP, bcrypt since Vista.
LIBRARIES = {"kernel32.dll", "advapi32.dll", "msvcrt.dll", "bcrypt.dll", "crypt32.dll", "user32.dll", "ws2_32.dll"}

# What Windows 8 and later brought to those, as far as compilers and libraries ask for it.
LATER = {"GetSystemTimePreciseAsFileTime", "CreateFile2", "WaitOnAddress", "WakeByAddressSingle", "WakeByAddressAll",
         "SetThreadDescription", "GetThreadDescription", "GetOverlappedResultEx", "PrefetchVirtualMemory",
         "GetPackageFamilyName", "SetProcessMitigationPolicy", "GetProcessMitigationPolicy", "MapViewOfFileFromApp",
         "VirtualAlloc2", "MapViewOfFile3", "GetCurrentThreadStackLimits", "CopyFile2", "LoadPackagedLibrary",
         "GetFileInformationByName", "IsWow64Process2", "SetFileInformationByHandleEx", "BCryptProcessMultiOperations",
         "BCryptHash", "CreatePseudoConsole", "GetMachineTypeAttributes", "QueryInterruptTimePrecise",
         "QueryUnbiasedInterruptTimePrecise", "GetTempPath2W"}


class Imports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shown = subprocess.run([OBJDUMP, "-p", PROGRAM], check=True, capture_output=True, text=True).stdout
        parts = re.split(r"DLL Name: (\S+)", shown)[1:]
        cls.imports = {name.lower(): set(re.findall(r"^\s+[0-9a-f]+\s+\d+\s+(\w+)", text, re.M))
                       for name, text in zip(parts[::2], parts[1::2])}
        cls.headers = shown

    def test_only_libraries_of_windows_7(self):
        for name, functions in sorted(self.imports.items()):
            print(f"{name}: {len(functions)} functions")
        self.assertIn("CreateFileW", self.imports["kernel32.dll"], "the list is read as objdump prints it")
        self.assertLessEqual(set(self.imports), LIBRARIES)

    def test_no_function_that_came_later(self):
        self.assertEqual(set().union(*self.imports.values()) & LATER, set())

    def test_says_that_windows_7_will_do(self):
        version = [int(re.search(rf"{word}SubsystemVersion\s+(\d+)", self.headers).group(1)) for word in ("Major", "Minor")]
        self.assertLessEqual(version, [6, 1])

    def test_its_addresses_can_be_moved(self):
        for flag in ("DYNAMIC_BASE", "NX_COMPAT", "HIGH_ENTROPY_VA"):
            self.assertIn(flag, self.headers)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
