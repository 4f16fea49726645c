// Worlds share nothing: running them beside each other shows that too.
[assembly: Parallelizable(ParallelScope.All)]
