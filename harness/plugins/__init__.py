"""Finding a method, task or dataset by name, dealing its episodes, starting a new one."""
