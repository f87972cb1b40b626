variable "cluster" {
  default = "web"
}
