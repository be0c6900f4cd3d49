module orama.example/lab/ipfs

go 1.26

require github.com/ipfs/kubo v0.38.2

require github.com/cockroachdb/swiss v0.0.0-20260820225851-333444432258
