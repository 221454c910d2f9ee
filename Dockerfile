# The daemon as a container: precompiled (ReadyToRun), without a shell user, for a read-only root file system.
#   docker build -t kiln .
#   docker run --read-only --tmpfs /tmp -v kiln:/var/lib/kiln -p 7878:7878 kiln
#   KILN_ENDPOINT=http://localhost:7878 kiln run prog.wasm
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props .editorconfig Service.sln ./
COPY engine engine
COPY proto proto
COPY service service
COPY client-sdk client-sdk
COPY samples samples
RUN dotnet publish service/Kiln.Service.csproj -c Release -r linux-x64 --self-contained false -p:PublishReadyToRun=true -o /app/daemon \
 && dotnet publish client-sdk/Kiln.Cli/Kiln.Cli.csproj -c Release -r linux-x64 --self-contained false -p:PublishReadyToRun=true -o /app/cli

FROM mcr.microsoft.com/dotnet/aspnet:10.0
ENV DOTNET_EnableDiagnostics=0 \
    KILN_STORAGE__PATH=/var/lib/kiln \
    KILN_LISTEN__ADDRESS=0.0.0.0:7878 \
    KILN_LISTEN__SOCKET=/tmp/kilnd.sock \
    KILN_LISTEN__ALLOWREMOTE=true \
    KILN_ENDPOINT=unix:/tmp/kilnd.sock
RUN mkdir -p /var/lib/kiln && chown $APP_UID /var/lib/kiln && ln -s /app/cli/kiln /usr/local/bin/kiln
COPY --from=build /app /app
VOLUME /var/lib/kiln
EXPOSE 7878
USER $APP_UID
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s CMD ["/app/daemon/kilnd", "healthcheck"]
ENTRYPOINT ["/app/daemon/kilnd"]
