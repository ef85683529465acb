package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.Type;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.PlausibleCalls;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.XenModel;

/** Every published message of the model answers with a value of its type or with an error that XAPI documents for it. */
class AllMessagesTest {
    private static final Pattern CODE =
            Pattern.compile("<name>ErrorDescription</name><value><array><data><value>([^<]*)</value>");

    /**
     * What XAPI raises for any message without saying so in its model. From its dispatcher (gen_server.ml,
     * session_check.ml, rbac.ml): the session, removed and missing messages, rights; from its database layer
     * (exnHelper.ml): references, uuids, keys, values; from the checks before every operation (message_forwarding.ml and
     * the *_allowed_operations modules): what goes on, or is not allowed now; from pool_features.ml: what the edition does
     * not have.
     */
    private static final Set<String> GENERAL = Set.of(
            "SESSION_INVALID",
            "MESSAGE_REMOVED",
            "NOT_IMPLEMENTED",
            "RBAC_PERMISSION_DENIED",
            "HANDLE_INVALID",
            "UUID_INVALID",
            "MAP_DUPLICATE_KEY",
            "INVALID_VALUE",
            "VALUE_NOT_SUPPORTED",
            "OTHER_OPERATION_IN_PROGRESS",
            "OPERATION_NOT_ALLOWED",
            "OPERATION_BLOCKED",
            "LICENCE_RESTRICTION");

    /** Messages and the error codes that XAPI's modules raise for them: its model does not list them all. */
    private static final Set<String> FURTHER = further();

    /**
     * XAPI knows no better error for a number that is not measured (rrdd_server.ml), for a destination without the keys
     * that it needs (xapi_vm_migrate.ml, remote_of_dest), for a clock that follows servers (xapi_host.ml, set_servertime), for a
     * server that gives no answer (remote_requests.ml), and for a host without varstore-sb-state (xapi_vm.ml, set_uefi_mode).
     */
    private static final Set<String> INTERNAL = Set.of(
            "host.query_data_source",
            "host.record_data_source",
            "SR.query_data_source",
            "SR.record_data_source",
            "VM.assert_can_migrate",
            "VM.migrate_send",
            "VM.set_uefi_mode",
            "host.set_servertime",
            "pool.send_test_post");

    /** Those of {@link #FURTHER} that came: the list must not allow more than necessary. */
    private static final Set<String> CAME = ConcurrentHashMap.newKeySet();

    @TempDir
    Path folder;

    @Test
    void everyMessageAnswersWithItsTypeOrADocumentedErrorInXmlAndInJson() throws Exception {
        List<String> wrong = new ArrayList<>();
        Set<String> asked = new HashSet<>();
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            JsonClient json = new JsonClient(daemon.http());
            String session = json.login(daemon.password());
            for (ClassModel<?> model : XenModel.CLASSES) {
                Map<String, String> objects = PlausibleCalls.objects(json, session, model);
                for (MessageModel message : model.messages()) {
                    if (message.hidden()) {
                        continue;
                    }
                    asked.add(message.fullName());
                    if (PlausibleCalls.END_THE_DAEMON.contains(message.fullName())) {
                        continue;
                    }
                    boolean ends = List.of("session", "event").contains(message.className()) && !message.implicit();
                    String mine = ends ? json.login(daemon.password()) : session;
                    JsonNode answer = json.call(message.fullName(), PlausibleCalls.params(message, mine, objects));
                    check(message, answer, wrong);
                    mine = ends ? json.login(daemon.password()) : session;
                    xml(daemon, message, PlausibleCalls.params(message, mine, objects), wrong);
                }
            }
            assertThat(json.ok("pool.get_all", json.login(daemon.password()))).hasSize(1);
        }
        assertThat(wrong).isEmpty();
        assertThat(CAME)
                .as("further-errors.txt lists what comes, and nothing else")
                .isEqualTo(FURTHER);
        assertThat(asked).isEqualTo(published());
    }

    /** All messages of the model that clients may know of. */
    private static Set<String> published() {
        return XenModel.CLASSES.stream()
                .flatMap(c -> c.messages().stream())
                .filter(m -> !m.hidden())
                .map(MessageModel::fullName)
                .collect(Collectors.toSet());
    }

    private static void check(MessageModel message, JsonNode answer, List<String> wrong) {
        if (answer.has("error")) {
            known(message, answer.get("error").get("message").asText(), wrong);
        } else if (!is(message.result(), answer.get("result"))) {
            wrong.add(message.fullName() + " (JSON) is no " + message.result().text() + ": " + answer.get("result"));
        }
    }

    private static void known(MessageModel message, String code, List<String> wrong) {
        boolean refused = code.equals("INTERNAL_ERROR") && !INTERNAL.contains(message.fullName());
        if (!Errors.params().containsKey(code) || refused) {
            wrong.add(message.fullName() + " fails with " + code);
        }
        if (!code.equals("INTERNAL_ERROR") && !documented(message, code)) {
            wrong.add(message.fullName() + " fails with " + code + ", which the model does not document for it");
        }
        if (!message.offered()
                && !message.poolInternal()
                && !message.lifecycle().removed()
                && !code.equals("NOT_IMPLEMENTED")) {
            wrong.add(message.fullName() + " is not offered, and fails with " + code);
        }
    }

    private static boolean documented(MessageModel message, String code) {
        return GENERAL.contains(code)
                || message.errors().contains(code)
                || aboutItsObjects(message, code)
                || further(message, code);
    }

    private static boolean further(MessageModel message, String code) {
        String both = message.fullName() + " " + code;
        boolean listed = FURTHER.contains(both);
        if (listed) {
            CAME.add(both);
        }
        return listed;
    }

    /** Errors of a class's own state, such as VM_BAD_POWER_STATE: they may come wherever an object of it is used. */
    private static boolean aboutItsObjects(MessageModel message, String code) {
        return Stream.concat(
                        Stream.of(message.className()),
                        message.params().stream()
                                .map(MessageModel.Param::type)
                                .filter(Type.Reference.class::isInstance)
                                .map(t -> ((Type.Reference) t).className()))
                .anyMatch(name -> code.startsWith(name.toUpperCase(Locale.ROOT) + "_"));
    }

    private static Set<String> further() {
        try (InputStream in = AllMessagesTest.class.getResourceAsStream("further-errors.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> !l.startsWith("#") && !l.isBlank())
                    .map(l -> l.split(" ")[0] + " " + l.split(" ")[1])
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean is(Type type, JsonNode value) {
        if (type instanceof Type.Basic basic) {
            return switch (basic) {
                case INT -> value.isIntegralNumber();
                case FLOAT -> value.isNumber();
                case BOOL -> value.isBoolean();
                case EVENT_BATCH -> value.has("events") && value.has("valid_ref_counts") && value.has("token");
                default -> value.isTextual();
            };
        }
        if (type instanceof Type.SetOf set) {
            boolean all = value.isArray();
            for (JsonNode member : value) {
                all &= is(set.element(), member);
            }
            return all;
        }
        if (type instanceof Type.MapOf map) {
            boolean all = value.isObject();
            for (JsonNode member : value) {
                all &= is(map.value(), member);
            }
            return all;
        }
        if (type instanceof Type.Record record) {
            List<String> names = new ArrayList<>();
            value.fieldNames().forEachRemaining(names::add);
            List<? extends Field<?, ?>> fields =
                    XenModel.get(record.className()).publicFields();
            return names.equals(fields.stream().map(Field::name).toList())
                    && fields.stream().allMatch(f -> is(f.type(), value.get(f.name())));
        }
        if (type instanceof Type.Enumeration enumeration) {
            return enumeration.values().containsKey(value.asText());
        }
        return value.isTextual();
    }

    private static void xml(DaemonProcess daemon, MessageModel message, List<Object> params, List<String> wrong)
            throws Exception {
        StringBuilder body =
                new StringBuilder("<methodCall><methodName>" + message.fullName() + "</methodName><params>");
        params.forEach(p -> {
            body.append("<param>");
            write(body, p);
            body.append("</param>");
        });
        body.append("</params></methodCall>");
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(daemon.http() + "RPC2"))
                                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        Matcher failure = CODE.matcher(answer.body());
        if (failure.find()) {
            known(message, failure.group(1), wrong);
        } else if (!answer.body().contains("<value>Success</value>")) {
            wrong.add(message.fullName() + " (XML): HTTP " + answer.statusCode());
        }
    }

    private static void write(StringBuilder out, Object value) {
        out.append("<value>");
        if (value instanceof Boolean bool) {
            out.append("<boolean>").append(bool ? 1 : 0).append("</boolean>");
        } else if (value instanceof Double number) {
            out.append("<double>").append(number).append("</double>");
        } else if (value instanceof List<?> list) {
            out.append("<array><data>");
            list.forEach(m -> write(out, m));
            out.append("</data></array>");
        } else if (value instanceof Map<?, ?> map) {
            out.append("<struct>");
            map.forEach((k, v) -> {
                out.append("<member><name>").append(k).append("</name>");
                write(out, v);
                out.append("</member>");
            });
            out.append("</struct>");
        } else {
            out.append(value);
        }
        out.append("</value>");
    }
}
