# syntax=docker/dockerfile:1
FROM --platform=$BUILDPLATFORM docker.io/library/maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY pom.xml ./
COPY src/main src/main
RUN --mount=type=cache,target=/root/.m2 mvn -q -B -DskipTests package

FROM gcr.io/distroless/java25-debian13:nonroot
LABEL org.opencontainers.image.title="Keyferry" \
      org.opencontainers.image.description="Carries AWS secrets into Kubernetes and restarts what uses them" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY --from=build /src/target/lib lib
COPY --from=build /src/target/keyferry.jar keyferry.jar
# By number, so that runAsNonRoot can judge it.
USER 65532:65532
EXPOSE 8080
# Fewer malloc arenas: what the JVM needs beside its heap stays small.
ENV MALLOC_ARENA_MAX=2
# Classes take 40 MB from the start: collections that only wait for that let the heap grow by a third.
ENTRYPOINT ["/usr/bin/java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:MetaspaceSize=64m", "-XX:MaxRAMPercentage=42", "-XX:+ExitOnOutOfMemoryError", "-jar", "/app/keyferry.jar"]
