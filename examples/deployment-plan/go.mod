module github.com/Michael-A-Kuykendall/contextlite

go 1.21
