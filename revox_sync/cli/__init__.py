"""The command line: streams, colours, prompts and exit codes live here and nowhere else."""
