account = "123456789012"
region  = "eu-west-1"
zones   = ["a"]

cluster "web" {}
