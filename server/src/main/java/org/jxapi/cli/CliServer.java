package org.jxapi.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.http.CliHandler;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;

/** Serves command line clients: each command is checked and run as the API calls that it stands for. */
public final class CliServer implements CliHandler {
    private final Store store;
    private final Dispatcher dispatcher;

    public CliServer(Store store, Dispatcher dispatcher) {
        this.store = store;
        this.dispatcher = dispatcher;
    }

    @Override
    public void handle(byte[] body, InputStream in, OutputStream out, boolean unixSocket) throws IOException {
        Wire wire = new Wire(in, out);
        wire.open();
        int status = 1;
        try {
            List<String> args = Arrays.stream(new String(body, StandardCharsets.UTF_8)
                            .replace("\r", "")
                            .split("\n", -1))
                    .toList();
            CommandLine line = CommandLine.parse(args);
            if (line.command().equals("help")) {
                wire.print(Commands.help());
                status = 0;
            } else {
                try (Api api = Api.login(dispatcher, line, unixSocket)) {
                    Commands.run(line, new Commands.Context(store, api, wire));
                    status = 0;
                }
            }
        } catch (CliException e) {
            wire.printStderr(e.getMessage() + "\n");
        } catch (XenApiException e) {
            apiError(wire, e);
        }
        wire.exit(status);
    }

    private void apiError(Wire wire, XenApiException e) throws IOException {
        List<String> names = Errors.params().get(e.code());
        if (names == null) {
            wire.error(e.code(), e.params());
            return;
        }
        StringBuilder text = new StringBuilder(sentence(e.code())).append('\n');
        for (int i = 0; i < Math.max(names.size(), e.params().size()); i++) {
            String name = i < names.size() ? names.get(i) : "<extra>";
            String value = i < e.params().size() ? named(e.params().get(i)) : "<unknown>";
            text.append(name).append(": ").append(value).append('\n');
        }
        wire.printStderr(text.toString());
    }

    /** The code as words, for want of XAPI's own descriptions. */
    private static String sentence(String code) {
        String words = code.toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        return Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
    }

    /** A reference as uuid and name; anything else as it is. */
    private String named(String param) {
        if (!param.startsWith("OpaqueRef:")) {
            return param;
        }
        Snapshot snapshot = store.snapshot();
        Ref<?> ref = new Ref<>(param);
        return snapshot.classOf(ref)
                .flatMap(model -> snapshot.find(model, ref).map(s -> {
                    Map<String, String> shown = shown(model, s.row());
                    return shown.get("uuid") + " (" + shown.get("name_label") + ")";
                }))
                .orElse(param);
    }

    private static Map<String, String> shown(ClassModel model, org.jxapi.datamodel.Row row) {
        Map<String, String> shown = new java.util.HashMap<>();
        for (String name : List.of("uuid", "name_label")) {
            Field<?> field = model.field(name);
            shown.put(name, field == null ? "" : String.valueOf(row.get(field.index())));
        }
        return shown;
    }
}
