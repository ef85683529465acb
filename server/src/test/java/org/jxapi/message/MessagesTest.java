package org.jxapi.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.store.H2Store;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Message;
import org.jxapi.xenapi.VM;

/** Messages about objects: ocaml/xapi/xapi_message.ml. */
class MessagesTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
    private static final int LIMIT = 10_000;

    @TempDir
    Path folder;

    private H2Store store;
    private String vm;

    @BeforeEach
    void open() {
        store = H2Store.open(folder);
        vm = store.transact(tx -> tx.get(tx.create(Row.of(VM.XEN_CLASS)), VM.UUID));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private MessageService at(int hour) {
        return new MessageService(store, Clock.fixed(NOON.plusSeconds(3600L * (hour - 12)), ZoneOffset.UTC));
    }

    private Ref<Message> message(int hour, String name, long priority) {
        return at(hour).create(null, name, priority, Cls.VM, vm, "");
    }

    private List<String> left() {
        return at(12).getAllRecords(null).values().stream()
                .map(row -> row.get(Message.NAME))
                .toList();
    }

    @Test
    void theNewestMessageComesFirst() {
        message(10, "first", 3);
        message(11, "second", 3);
        assertThat(left()).containsExactly("second", "first");
        assertThat(at(12).getSince(null, XenTime.of(NOON.minusSeconds(2 * 3600))))
                .hasSize(1);
        assertThat(at(12).get(null, Cls.VM, vm, XenTime.of(NOON.minusSeconds(86_400))))
                .hasSize(2);
    }

    @Test
    void aMessageIsAboutAnObjectThatExists() {
        assertThatThrownBy(() -> at(12).create(null, "n", 3, Cls.VM, "no-such-uuid", ""))
                .hasMessageContaining("UUID_INVALID");
        assertThatThrownBy(() -> at(12).create(null, "n", 3, Cls.HOST, vm, "")).hasMessageContaining("UUID_INVALID");
        assertThatThrownBy(() -> at(12).get(null, Cls.VM, "no-such-uuid", XenTime.of(NOON)))
                .hasMessageContaining("UUID_INVALID");
        assertThat(left()).isEmpty();
    }

    @Test
    void destroyAllTakesOnlyMessagesThatPassEveryFilter() {
        message(9, "old", 5);
        message(10, "old and low", 3);
        message(11, "new", 5);
        at(12).destroyAll(null, Map.of("before", "20260102T10:30:00Z", "priority", "5"));
        assertThat(left()).containsExactly("new", "old and low");
        at(12).destroyAll(null, Map.of("after", "20260102T10:30:00Z"));
        assertThat(left()).containsExactly("old and low");
        assertThatThrownBy(() -> at(12).destroyAll(null, Map.of("before", "yesterday")))
                .hasMessageContaining("INVALID_VALUE");
        assertThatThrownBy(() -> at(12).destroyAll(null, Map.of("priority", "high")))
                .hasMessageContaining("INVALID_VALUE");
        at(12).destroyAll(null, Map.of());
        assertThat(left()).isEmpty();
    }

    @Test
    void onlyTheNewestTenThousandStay() {
        store.change(tx -> {
            for (int i = 0; i < LIMIT + 2; i++) {
                Messages.write(tx, Clock.systemUTC(), "m" + i, 3, Cls.VM, vm, "");
            }
        });
        Messages.destroyOld(store);
        assertThat(left()).hasSize(LIMIT).startsWith("m10001").endsWith("m2");
    }
}
