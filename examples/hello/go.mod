module example.com/tagonce/hello

go 1.21
