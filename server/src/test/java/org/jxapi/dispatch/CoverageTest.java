package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.GeneratedFile;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.harness.Calls;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.PlausibleCalls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.store.H2Store;
import org.jxapi.store.Store;
import org.jxapi.xenapi.XenModel;
import org.objectweb.asm.Type;

/** docs/coverage.md says what the code does: which messages, commands and paths work, refuse, or are not there. */
class CoverageTest {
    /** Errors that say of themselves that something is not offered. */
    private static final Set<String> NOT_OFFERED =
            Set.of("LICENCE_RESTRICTION", "FEATURE_RESTRICTED", "NOT_IMPLEMENTED", "SR_OPERATION_NOT_SUPPORTED");

    /** Where calls of the API are taken. */
    private static final Set<String> CALLS = Set.of("POST /", "POST /RPC2", "POST /json", "POST /jsonrpc");

    /** The length of the status at the start of an HTTP answer. */
    private static final int STATUS = "HTTP/1.1 200".length();

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    private static JsonClient json;
    private static String session;
    private static final Map<String, String> OBJECTS = new LinkedHashMap<>();

    @BeforeAll
    static void start() throws Exception {
        json = new JsonClient(daemon.http());
        session = json.login(daemon.password());
        Calls calls = new Calls(daemon);
        for (ClassModel<?> model : XenModel.CLASSES) {
            OBJECTS.putAll(PlausibleCalls.objects(json, session, model));
        }
        String sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        OBJECTS.put("SR", sr);
        String vm = OBJECTS.get("VM");
        OBJECTS.put("VBD", calls.text("VBD.create", Calls.vbdRecord(vm, calls.vdi(sr, 1 << 20))));
        calls.ok("VM.start", vm, false, false);
        OBJECTS.put("console", calls.first("VM.get_consoles", vm));
        OBJECTS.put("VDI", calls.vdi(sr, 1 << 20));
        OBJECTS.put("session", session);
        OBJECTS.put("network", calls.text("PIF.get_network", calls.first("PIF.get_all")));
        OBJECTS.put(
                "VM_appliance", calls.text("VM_appliance.create", Map.of("name_label", "a", "name_description", "")));
    }

    @Test
    @Tag("generated")
    void theDocumentSaysWhatTheCodeDoes() throws Exception {
        List<Coverage.Item> paths = paths();
        Set<String> served = paths.stream()
                .filter(path -> path.outcome() == Coverage.Outcome.WORKS)
                .map(Coverage.Item::name)
                .collect(Collectors.toSet());
        String text;
        try (Store store = H2Store.open(Files.createDirectory(folder.resolve("empty")))) {
            text = Coverage.text(
                            new Coverage.Part("commands of xe", new CommandOutcomes(store, served).all()),
                            new Coverage.Part("HTTP paths", paths))
                    + FieldEffects.section();
        }
        new GeneratedFile("docs/coverage.md").mustHold(text);
    }

    private static List<Coverage.Item> paths() throws IOException {
        List<Coverage.Item> items = new ArrayList<>();
        for (String line : Refusals.lines("xapi-http.txt")) {
            String method = line.split(" ")[0];
            String path = line.split(" ")[1];
            boolean works;
            if (CALLS.contains(line)) {
                works = answer(method, path, Integer.MAX_VALUE).contains("session.login_with_password");
            } else if (method.equals("OPTIONS")) {
                works = answer(method, path, STATUS).endsWith(" 200");
            } else {
                works = !answer(method, path, STATUS).equals(answer(method, "/jxapi-nowhere", STATUS));
            }
            items.add(new Coverage.Item(line, works ? Coverage.Outcome.WORKS : Coverage.Outcome.MISSING, null));
        }
        return items;
    }

    /**
     * The beginning of an answer. A path that is there has another one than a path that nobody knows, if only that it
     * asks who calls. A POST asks for the list of messages, in XML even at {@code /json} as in XAPI, a CONNECT for a console.
     */
    private static String answer(String method, String path, int length) throws IOException {
        String body = "";
        if (method.equals("POST")) {
            body = path.equals("/jsonrpc")
                    ? "{\"jsonrpc\":\"2.0\",\"method\":\"system.listMethods\",\"params\":[],\"id\":1}"
                    : "<methodCall><methodName>system.listMethods</methodName><params/></methodCall>";
        }
        String target = method.matches("GET|PUT") ? path + "?uuid=x" : path;
        if (method.equals("CONNECT")) {
            target += "?session_id=" + session + "&ref=" + OBJECTS.get("console");
        }
        String size = method.matches("PUT|POST") ? "Content-Length: " + body.length() + "\r\n" : "";
        String version = method.equals("CONNECT") ? "1.0" : "1.1";
        String head = method + " " + target + " HTTP/" + version + "\r\nHost: x\r\nConnection: close\r\n" + size;
        try (Socket socket = new Socket(daemon.http().getHost(), daemon.http().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write((head + "\r\n" + body).getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
        }
    }

    private static List<MessageModel> offered() {
        return XenModel.CLASSES.stream()
                .flatMap(model -> model.messages().stream())
                .filter(m -> !m.implicit() && m.offered() && !m.poolInternal())
                .toList();
    }

    /**
     * The compiled code of every message: one that cannot return refuses, one that returns nothing and cannot act does
     * nothing, unless all it is for is to assert something.
     */
    @Test
    void messagesWhoseCodeCannotSucceedOrActAreListed() {
        Bodies bodies = new Bodies();
        Map<String, String> listed = Refusals.read();
        Set<String> missing = new TreeSet<>();
        Map<String, Method> code = code();
        for (MessageModel message : offered()) {
            Method method = code.get(plain(message.fullName()));
            assertThat(method).as(message.fullName()).isNotNull();
            Class<?> type = method.getDeclaringClass();
            String descriptor = Type.getMethodDescriptor(method);
            if (!bodies.returns(type, method.getName(), descriptor)) {
                if (!listed.containsKey(message.fullName())) {
                    missing.add(message.fullName() + " never returns");
                }
            } else if (method.getReturnType() == void.class
                    && !message.name().startsWith("assert_")
                    && !bodies.acts(type, method.getName(), descriptor)
                    && !listed.containsKey(message.fullName())) {
                missing.add(message.fullName() + " does nothing");
            }
        }
        assertThat(missing).isEmpty();
    }

    /** The methods behind messages, by the message's name without what Java's names leave off. */
    private static Map<String, Method> code() {
        Map<String, Method> code = new TreeMap<>();
        for (JavaClass service : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("org.jxapi")) {
            if (service.getModifiers().contains(JavaModifier.ABSTRACT)) {
                continue;
            }
            for (JavaClass messages : service.getAllRawInterfaces()) {
                String name = messages.getSimpleName();
                if (messages.getPackageName().equals("org.jxapi.xenapi") && name.endsWith("Messages")) {
                    String className = name.substring(0, name.length() - "Messages".length());
                    for (Method method : service.reflect().getMethods()) {
                        if (!method.isBridge()) {
                            code.put(plain(className + "." + method.getName()), method);
                        }
                    }
                }
            }
        }
        return code;
    }

    private static String plain(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    private static String outcome(MessageModel message) throws Exception {
        JsonNode answer = json.call(message.fullName(), PlausibleCalls.params(message, session, OBJECTS));
        return answer.has("error") ? answer.get("error").get("message").asText() : "ok";
    }

    /** First what is listed; then all others, among them those that end what is there. */
    @Test
    void whatIsListedRefusesOrChangesNothingAndNothingElseSaysThatItIsNotOffered() throws Exception {
        Set<String> wrong = new TreeSet<>();
        Map<String, String> listed = Refusals.unprepared();
        Set<String> names = new TreeSet<>(listed.keySet());
        for (MessageModel message : offered()) {
            String expected = listed.get(message.fullName());
            if (expected != null) {
                names.remove(message.fullName());
                List<JsonNode> before = state();
                String came = outcome(message);
                String right = expected.equals(Refusals.NOTHING) ? "ok" : expected;
                if (!came.equals(right)) {
                    wrong.add(message.fullName() + " " + came + ", not " + right);
                } else if (!state().equals(before)) {
                    wrong.add(message.fullName() + " has changed something");
                }
            }
        }
        names.forEach(name -> wrong.add(name + " is no message that is offered"));
        for (MessageModel message : offered()) {
            boolean ends = Set.of("session", "event").contains(message.className())
                    || Set.of("host.shutdown", "host.reboot").contains(message.fullName())
                    || PlausibleCalls.END_THE_DAEMON.contains(message.fullName());
            if (!ends && !listed.containsKey(message.fullName())) {
                String came = outcome(message);
                if (NOT_OFFERED.contains(came)) {
                    wrong.add(message.fullName() + " " + came + ", but is not listed");
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** The state that messages could change. */
    private static List<JsonNode> state() throws Exception {
        List<JsonNode> state = new ArrayList<>();
        for (String name :
                List.of("VM", "VBD", "VIF", "VDI", "PBD", "host", "pool", "network", "PIF", "role", "blob")) {
            state.add(json.ok(name + ".get_all_records", session));
        }
        return state;
    }
}
