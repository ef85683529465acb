package org.jxapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.dispatch.Reply;
import org.jxapi.harness.Program;
import org.jxapi.harness.RawHttp;
import org.jxapi.harness.RunningDaemon;

/** The files of the web console over HTTP, and those of a folder in its place. */
class SiteTest {
    @RegisterExtension
    static final RunningDaemon console = RunningDaemon.onSimulator();

    private static final Path FOLDER = folder();

    @RegisterExtension
    static final RunningDaemon other =
            RunningDaemon.onSimulator("--web-dir", FOLDER.resolve("page").toString());

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /** {@code page} has a page, and links to a file outside it and to one in it. */
    private static Path folder() {
        try {
            Path folder = Files.createTempDirectory("site");
            Path page = Files.createDirectory(folder.resolve("page"));
            Files.writeString(folder.resolve("secret.txt"), "secret");
            Files.writeString(page.resolve("index.html"), "<h1>Another page</h1>");
            Files.writeString(page.resolve(".hidden"), "secret");
            Files.createDirectory(page.resolve("assets"));
            Files.writeString(page.resolve("assets/a b.js"), "export {};");
            Files.createSymbolicLink(page.resolve("out.txt"), folder.resolve("secret.txt"));
            Files.createSymbolicLink(page.resolve("in.js"), Path.of("assets", "a b.js"));
            return folder;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static HttpResponse<byte[]> get(RunningDaemon daemon, String path, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(daemon.http().toString().replaceAll("/$", "") + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private static void needsConsole() {
        Program.assumed(
                SiteTest.class.getClassLoader().getResource("web/index.html") != null, "this build has no web console");
    }

    @Test
    void thePageHasAStrictPolicyAndIsAskedForEachTime() throws Exception {
        needsConsole();
        HttpResponse<byte[]> page = get(console, "/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(header(page, "content-security-policy"))
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(header(page, "x-content-type-options")).isEqualTo("nosniff");
        assertThat(header(page, "referrer-policy")).isEqualTo("no-referrer");
        assertThat(header(page, "cache-control")).isEqualTo("no-cache");
        assertThat(text(page)).doesNotContain("@version@").doesNotContainPattern("<script>|style=|onload=");
        HttpResponse<byte[]> again = get(console, "/", "If-None-Match", header(page, "etag"));
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @Test
    void itsFilesAreKeptForeverAndComeCompressed() throws Exception {
        needsConsole();
        Matcher script = Pattern.compile("src=\"(/app/[0-9a-f]{16}/main.js)\"").matcher(text(get(console, "/")));
        assertThat(script.find()).isTrue();
        HttpResponse<byte[]> plain = get(console, script.group(1));
        assertThat(header(plain, "content-type")).isEqualTo("text/javascript; charset=utf-8");
        assertThat(header(plain, "cache-control")).isEqualTo("public, max-age=31536000, immutable");
        assertThat(header(plain, "content-encoding")).isEmpty();
        HttpResponse<byte[]> small = get(console, script.group(1), "Accept-Encoding", "br;q=1, gzip");
        assertThat(header(small, "content-encoding")).isEqualTo("gzip");
        assertThat(header(small, "etag")).isNotEqualTo(header(plain, "etag"));
        assertThat(header(small, "vary")).isEqualTo("accept-encoding");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(small.body())).readAllBytes())
                .isEqualTo(plain.body());
        HttpResponse<byte[]> refused = get(console, script.group(1), "Accept-Encoding", "gzip;q=0");
        assertThat(header(refused, "content-encoding")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/files",
                "/app",
                "/app/",
                "/index.html.gz",
                "/../org/jxapi/daemon/Jxapid.class",
                "/%2e%2e/META-INF/NOTICE",
                "/app/../../META-INF/NOTICE",
                "//etc/passwd",
                "/..%2fMETA-INF/NOTICE"
            })
    void nothingElseOfTheJarIsServed(String path) throws Exception {
        assertThat(answer(console, path)).matches("(?s)HTTP/1\\.[01] 40[04] .*");
    }

    private static String answer(RunningDaemon daemon, String path) throws Exception {
        return RawHttp.exchange(daemon.http(), "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }

    @Test
    void aFolderReplacesTheConsole() throws Exception {
        HttpResponse<byte[]> page = get(other, "/");
        assertThat(text(page)).isEqualTo("<h1>Another page</h1>");
        assertThat(header(page, "cache-control")).isEqualTo("no-cache");
        assertThat(header(page, "x-content-type-options")).isEqualTo("nosniff");
        assertThat(get(other, "/", "If-None-Match", "\"x\", " + header(page, "etag"))
                        .statusCode())
                .isEqualTo(304);
        HttpResponse<byte[]> script = get(other, "/assets/a%20b.js");
        assertThat(text(script)).isEqualTo("export {};");
        assertThat(header(script, "content-type")).isEqualTo("text/javascript; charset=utf-8");
        assertThat(text(get(other, "/in.js"))).isEqualTo("export {};");
        assertThat(get(other, "/health").statusCode()).isEqualTo(200);
        Files.writeString(FOLDER.resolve("page/index.html"), "<h1>A newer page</h1>");
        assertThat(text(get(other, "/", "If-None-Match", header(page, "etag")))).isEqualTo("<h1>A newer page</h1>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/out.txt",
                "/.hidden",
                "/../secret.txt",
                "/%2e%2e/secret.txt",
                "/assets/../../secret.txt",
                "/..%2fsecret.txt",
                "/assets",
                "/a%00b",
                "/%ff",
                "/nothing",
                "//etc/passwd",
                "/assets/%2e%2e/%2e%2e/secret.txt"
            })
    void nothingOutsideTheFolderIsServed(String path) throws Exception {
        assertThat(answer(other, path)).matches("(?s)HTTP/1\\.[01] 40[04] .*").doesNotEndWith("secret");
    }

    @Test
    void aBuildWithoutTheConsoleSaysSo(@TempDir Path empty) throws Exception {
        try (URLClassLoader loader = new URLClassLoader(new URL[] {empty.toUri().toURL()}, null);
                HttpServer server = HttpServer.start(
                        new HttpServer.Listen(new InetSocketAddress("127.0.0.1", 0), null, null, null, false, 1 << 20),
                        request -> CompletableFuture.completedFuture(new Reply.Failure("X", List.of())),
                        new NonRpcHandlers(null, null, new NoTransfers(), null),
                        new WebHandlers(null, null, null, false, new ConsoleFiles(loader), null))) {
            URL page = URI.create(server.endpoints().get(0)).toURL();
            assertThat(RawHttp.exchange(page, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK")
                    .contains("This build has no web console");
        }
    }

    @AfterAll
    static void removeFolder() throws IOException {
        try (Stream<Path> all = Files.walk(FOLDER)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
