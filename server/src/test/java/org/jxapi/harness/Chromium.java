package org.jxapi.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** A headless Chromium with one page, driven over its DevTools protocol. It visits only what a test names. */
public final class Chromium implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_S = 60;
    private static final String PORT_FILE = "DevToolsActivePort";

    private final Path profile;
    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger number = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    private Chromium(Path profile, Process process, URI page) {
        this.profile = profile;
        this.process = process;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(page, new Listener())
                .join();
    }

    /** Starts it; skips the test where it is not installed. */
    public static Chromium start() throws Exception {
        Program.needs("chromium");
        Path profile = Files.createTempDirectory("chromium");
        Process process = new ProcessBuilder(
                        "chromium",
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("output").toFile())
                .start();
        try {
            Path file = profile.resolve(PORT_FILE);
            SimulatorOrders.eventually(
                    () -> !process.isAlive() || Files.exists(file) && Files.size(file) > 0 && pageOf(file) != null);
            URI page = pageOf(file);
            Chromium browser = new Chromium(profile, process, page);
            for (String domain : List.of("Page", "Runtime", "Log")) {
                browser.send(domain + ".enable", Map.of());
            }
            return browser;
        } catch (Exception | Error e) {
            System.err.println(Files.readString(profile.resolve("output")));
            end(process, profile);
            throw e;
        }
    }

    /** The DevTools of its page; null when there is none yet. */
    private static URI pageOf(Path file) throws IOException, InterruptedException {
        String port = Files.readAllLines(file).get(0);
        try {
            HttpResponse<String> list = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            for (JsonNode target : JSON.readTree(list.body())) {
                if (target.path("type").asText().equals("page")) {
                    return URI.create(target.get("webSocketDebuggerUrl").asText());
                }
            }
        } catch (IOException e) {
            // It does not listen yet.
        }
        return null;
    }

    /** A command of the DevTools protocol and its result. */
    public JsonNode send(String method, Map<String, ?> params) throws Exception {
        int id = number.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(params));
        synchronized (socket) {
            socket.sendText(message.toString(), true).join();
        }
        JsonNode came = answer.get(PATIENCE_S, TimeUnit.SECONDS);
        if (came.has("error")) {
            throw new AssertionError(method + ": " + came.get("error"));
        }
        return came.get("result");
    }

    /** The value of an expression in the page; it may be a promise. */
    public JsonNode eval(String expression) throws Exception {
        JsonNode result =
                send("Runtime.evaluate", Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
        }
        return result.path("result").path("value");
    }

    /** Waits until an expression is true in the page; fails with the text of the page. */
    public void await(String expression) throws Exception {
        Eventually.holds(() -> {
            if (!eval("!!(" + expression + ")").asBoolean()) {
                throw new AssertionError("never true: " + expression + "\non the page:\n"
                        + eval("document.body.innerText").asText() + "\ncomplaints: " + complaints);
            }
        });
    }

    /** Loads a page again. */
    public void open(String address) throws Exception {
        send("Page.navigate", Map.of("url", address));
        await("document.readyState === 'complete' && location.href.startsWith(" + quoted(address) + ")");
    }

    /** Clicks with the mouse on the element that an expression names, when it is there and nothing hides it. */
    public void click(String element) throws Exception {
        String find = "(() => { const e = " + element + "; if (!e || e.disabled) return null;"
                + " e.scrollIntoView({block: 'center', inline: 'center'}); const r = e.getBoundingClientRect();"
                + " const x = r.left + r.width / 2, y = r.top + r.height / 2, top = document.elementFromPoint(x, y);"
                + " return e.contains(top) ? [x, y] : null; })()";
        AtomicReference<JsonNode> place = new AtomicReference<>();
        // The page may draw itself again at any time, so the place is the one that this finds.
        Eventually.holds(() -> {
            place.set(eval(find));
            if (!place.get().isArray()) {
                throw new AssertionError("not there to click on: " + element + "\non the page:\n"
                        + eval("document.body.innerText").asText());
            }
        });
        JsonNode at = place.get();
        for (String type : List.of("mousePressed", "mouseReleased")) {
            send(
                    "Input.dispatchMouseEvent",
                    Map.of(
                            "type",
                            type,
                            "x",
                            at.get(0).asDouble(),
                            "y",
                            at.get(1).asDouble(),
                            "button",
                            "left",
                            "clickCount",
                            1));
        }
    }

    /** Clicks on the button, link or title of details that has this text or label; in the dialog, if one is open. */
    public void press(String text) throws Exception {
        click("[...(document.querySelector('dialog') ?? document).querySelectorAll('button, a, summary')].find(e =>"
                + " (e.getAttribute('aria-label') ?? e.innerText).trim() === " + quoted(text) + ")");
    }

    /** The input with this label; in the dialog, if one is open. */
    private String labelled(String label) throws Exception {
        String find = "[...(document.querySelector('dialog') ?? document).querySelectorAll('label')].find(e =>"
                + " e.innerText.trim() === " + quoted(label) + ")?.control";
        await(find);
        return find;
    }

    /** Chooses the option that has this text from the list with this label; in the dialog, if one is open. */
    public void pick(String label, String text) throws Exception {
        String list = labelled(label);
        String option = "[..." + list + ".options].find(e => e.text.trim() === " + quoted(text) + ")";
        await(option);
        eval(
                "((list, option) => { list.value = option.value; list.dispatchEvent(new Event('input', {bubbles: true})); })("
                        + list + ", " + option + ")");
    }

    /** Replaces the text of the input with this label; in the dialog, if one is open. */
    public void fill(String label, String text) throws Exception {
        String find = labelled(label);
        eval(find + ".focus(), " + find + ".select()");
        send("Input.insertText", Map.of("text", text));
    }

    /** Has an input of files, which an expression names, take this file. */
    public void choose(String element, Path file) throws Exception {
        await(element);
        JsonNode input = send("Runtime.evaluate", Map.of("expression", element));
        send(
                "DOM.setFileInputFiles",
                Map.of(
                        "files",
                        List.of(file.toString()),
                        "objectId",
                        input.path("result").path("objectId").asText()));
    }

    /** Has the browser save downloads in a folder. */
    public void saveIn(Path folder) throws Exception {
        send("Page.setDownloadBehavior", Map.of("behavior", "allow", "downloadPath", folder.toString()));
    }

    /** Presses keys, one by one. */
    public void type(String text) throws Exception {
        for (char key : text.toCharArray()) {
            Map<String, Object> event = key == '\r'
                    ? Map.of("type", "keyDown", "key", "Enter", "windowsVirtualKeyCode", 13, "text", "\r")
                    : Map.of("type", "keyDown", "key", String.valueOf(key), "text", String.valueOf(key));
            send("Input.dispatchKeyEvent", event);
            send("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", event.get("key")));
        }
    }

    /** Makes the page so wide and high, in pixels. */
    public void size(int width, int height) throws Exception {
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Has the page drawn light or dark. */
    public void scheme(String scheme) throws Exception {
        send(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Saves a picture of the page. */
    public void screenshot(Path file) throws Exception {
        Files.createDirectories(file.getParent());
        JsonNode picture = send("Page.captureScreenshot", Map.of("format", "png"));
        Files.write(file, picture.get("data").binaryValue());
    }

    /** Exceptions of scripts, and what the policy of the page forbade. */
    public List<String> complaints() {
        return complaints;
    }

    public static String quoted(String text) {
        return JSON.valueToTree(text).toString();
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                try {
                    message(JSON.readTree(text.toString()));
                } catch (IOException e) {
                    complaints.add(e.toString());
                }
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    private void message(JsonNode message) {
        CompletableFuture<JsonNode> answer = answers.remove(message.path("id").asInt());
        if (answer != null) {
            answer.complete(message);
            return;
        }
        JsonNode params = message.path("params");
        switch (message.path("method").asText()) {
            case "Runtime.exceptionThrown" ->
                complaints.add(params.path("exceptionDetails").toString());
            case "Log.entryAdded" -> {
                if (params.path("entry").path("source").asText().equals("security")) {
                    complaints.add(params.path("entry").path("text").asText());
                }
            }
            default -> {}
        }
    }

    private static void end(Process process, Path profile) throws Exception {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        // Children of it may still be writing.
        SimulatorOrders.eventually(() -> {
            try (Stream<Path> all = Files.walk(profile)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
                return true;
            } catch (IOException | java.io.UncheckedIOException e) {
                return !Files.exists(profile);
            }
        });
    }

    @Override
    public void close() throws Exception {
        socket.abort();
        end(process, profile);
    }
}
