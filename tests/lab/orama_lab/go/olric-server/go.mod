module orama.example/lab/olric-server

go 1.26

require github.com/olric-data/olric v0.7.0
