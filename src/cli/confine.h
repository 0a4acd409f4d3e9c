/* confine.h - a command gives up what its command line does not name. */
#ifndef WR_CLI_CONFINE_H
#define WR_CLI_CONFINE_H

/* From here on the process reads what the words of argv[1...] name, an option's value after "="
 * included, and the files beside one of these that begin with its name: logs of a hive, parts of an
 * image.  It writes `output`, and a new `folder`; each may be NULL.
 *
 * Every word counts, so that no option can be forgotten here. */
void wr_confine(int argc, char **argv, const char *output, const char *folder);

/* The same for a command whose `output` is a database: it reads back what it wrote. */
void wr_confine_database(int argc, char **argv, const char *output);

/* "Landlock 7, seccomp": does it, to say what works on this machine. */
void wr_confine_show(void);

/* What --help says of --no-sandbox. */
#define WR_CONFINE_HELP "  --no-sandbox              for debugging: keep all rights while reading\n"

#endif
