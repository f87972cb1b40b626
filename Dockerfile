# gameday in an image with nothing else: a static binary, CA certificates and time zones, and no root.
#
#   docker build -t gameday .
#   docker run --rm -v "$PWD:/work" -u "$(id -u)" gameday run --lab --yes sudden_death.hcl
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -o /gameday ./cmd/gameday

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /gameday /usr/local/bin/gameday
WORKDIR /work
ENTRYPOINT ["gameday"]
