#!/usr/bin/env python3
"""bash and zsh complete what the program understands: the expected words are asked of the program itself."""
import re
import shutil
import subprocess
import unittest

from harness import FIXTURES, PROGRAM, Case, main, run

COMPLETIONS = FIXTURES.parent / "src/cli/completions"
BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"
compopt() { echo FILES; }
_winroots; printf '%s\\n' "${COMPREPLY[@]}"
"""
# What a completion function may call, as functions that print what they are given.
ZSH = """
completions=$1; shift
compadd() { print -l -- ${(P)2} }
_describe() { print -l -- ${${(P)2}%%:*} }
_files() { print FILES }
words=("$@"); CURRENT=$#
source $completions
"""


def bash(*words):
    return complete("bash", BASH, COMPLETIONS / "winroots.bash", words)


def zsh(*words):
    return complete("zsh", ZSH, COMPLETIONS / "_winroots", words)


def complete(shell, script, completions, words):
    flags = ["-f"] if shell == "zsh" else ["--norc"]
    done = subprocess.run([shell, *flags, "-c", script, shell, completions, PROGRAM, *words],
                          capture_output=True, text=True, timeout=60)
    if done.returncode or done.stderr:
        raise AssertionError(f"{words}: exit {done.returncode}\n{done.stderr}")
    return set(done.stdout.split())


def commands():
    """By trying: a word of the help is a command where it has a help of its own."""
    words = set(re.findall(r"^  ([a-z]+) +\S", run("--help")[1], re.M))
    return sorted(word for word in words if run(word, "--help")[0] == 0)


class Completions(Case):
    shells = [bash] + ([zsh] if shutil.which("zsh") else [])

    def test_commands(self):
        self.assertIn("analyze", commands())
        for shell in self.shells:
            self.assertEqual(shell(""), {*commands(), "--help", "--version"})

    def test_options_of_each_command(self):
        for command in commands():
            options = set(re.findall(r"--[a-z][a-z-]+", run(command, "--help")[1])) | {"--help"}
            for shell in self.shells:
                self.assertEqual(shell(command, "--"), options, command)

    def test_options_and_places_of_a_subcommand(self):
        for shell in self.shells:
            self.assertEqual(shell("profile", "lint", "--"), {"--help", "--supply", "--ctl", "--as-of", "--format", "--no-sandbox"})
            self.assertGreaterEqual(shell("profile", ""), {"list", "show", "lint", "learn"})
            self.assertIn("azure-tls", shell("profile", "show", ""))
            self.assertEqual(shell("profile", "learn", ""), {"FILES"})

    def test_each_format_is_one_that_the_command_takes(self):
        for command in commands():
            if "--format FMT" not in run(command, "--help")[1]:
                continue
            for shell in self.shells:
                formats = shell(command, "--format", "")
                self.assertGreater(len(formats), 1, command)
                if command in ("analyze", "diff", "inspect"):
                    self.assertGreaterEqual(formats, {"text", "json"}, command)
                for name in formats:
                    self.assertNotIn("format", run(command, "--format", name, "no-such-file")[2], (command, name))
        self.assertIn("format", run("analyze", "--format", "nonsense", "no-such-file")[2])  # else nothing was tried

    def test_values(self):
        for shell in self.shells:
            self.assertGreaterEqual(shell("analyze", "--require", ""), {"azure-tls", "disa-stig-windows-11"})
            self.assertIn("FILES", shell("analyze", ""))
            for option in ("--ctl", "--output", "-o", "--supply", "--bundle"):
                self.assertIn("FILES", shell("analyze", option, ""), option)
            self.assertFalse(shell("analyze", "--as-of", ""))

    def test_what_is_begun_is_gone_on_with(self):
        self.assertEqual(bash("ana"), {"analyze"})
        self.assertEqual(bash("analyze", "--allow"), {"--allow-unverified-lists"})


if __name__ == "__main__":
    main()
