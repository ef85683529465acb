package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** The form of entries in a log, which other versions of jxapid read. */
class EntryCodecTest {
    private static final String REMOVAL =
            "{\"version\":1,\"entries\":[{\"term\":0,\"first\":1,\"last\":1,\"effects\":[%s]}]}";

    /** These entries have this form for ever, as long as its version is 1. Never change the file. */
    private static final List<Entry> KEPT = List.of(
            new Entry(
                    2,
                    7,
                    9,
                    List.of(
                            new Effect.Put<>(
                                    VM.XEN_CLASS.ref("OpaqueRef:1"),
                                    Row.of(VM.XEN_CLASS)
                                            .with(VM.UUID, "u")
                                            .with(VM.NAME_LABEL, "\u00e9\"\ud800")
                                            .with(VM.POWER_STATE, VmPowerState.RUNNING)
                                            .with(VM.MEMORY_TARGET, 1L << 60)
                                            .with(VM.OTHER_CONFIG, Map.of("key", "value")),
                                    7,
                                    7),
                            new Effect.Modify<>(
                                    Network.XEN_CLASS,
                                    Network.XEN_CLASS.ref("OpaqueRef:2"),
                                    Map.of(Network.MTU, 9000L),
                                    9))),
            new Entry(2, 10, 10, List.of(new Effect.Remove<>(Task.XEN_CLASS, Task.XEN_CLASS.ref("OpaqueRef:3"), 10))));

    @Test
    void entriesOfVersion1AreReadAsTheyWereWritten() throws IOException {
        try (InputStream kept = EntryCodecTest.class.getResourceAsStream("/entries/version-1.json")) {
            assertThat(EntryCodec.decode(kept.readAllBytes())).isEqualTo(new Group(KEPT, null));
        }
    }

    @Test
    void aNewVersionHasAnotherNumber() throws IOException {
        String written = new String(EntryCodec.encode(new Group(KEPT, null)), StandardCharsets.UTF_8);
        try (InputStream kept =
                EntryCodecTest.class.getResourceAsStream("/entries/version-" + EntryCodec.VERSION + ".json")) {
            assertThat(written).isEqualTo(new String(kept.readAllBytes(), StandardCharsets.UTF_8).strip());
        }
    }

    @Test
    void aHashToCompareIsReadAsItWasWritten() {
        Group group = new Group(KEPT, new Group.Check(new StateHash(-1, Long.MIN_VALUE), StateHash.VERSION));
        assertThat(EntryCodec.decode(EntryCodec.encode(group))).isEqualTo(group);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'rename': 'VM', 'ref': 'a', 'number': 1} | unknown kind, with rename, ref, number",
                "{'remove': 'Moon', 'ref': 'a', 'number': 1} | unknown class Moon",
                "{'remove': 'VM', 'number': 1} | no valid ref",
                "{'remove': 'VM', 'ref': 'a', 'number': 1.5} | no valid number",
                "{'remove': 'VM', 'ref': 'a', 'number': 2} | last effect is change 2",
                "{'modify': 'VM', 'ref': 'a', 'number': 1} | no valid fields",
                "{'modify': 'VM', 'ref': 'a', 'number': 1, 'fields': {'moon': 1}} | unknown field VM.moon",
                "{'modify': 'VM', 'ref': 'a', 'number': 1, 'fields': {'domid': 'x'}} | wrong value of VM.domid",
                "{'modify': 'VM', 'ref': 'a', 'number': 1, 'fields': {'power_state': 'Flying'}} | wrong value of VM.power_state",
                "{'modify': 'VM', 'ref': 'a', 'number': 1, 'fields': {'VBDs': [7]}} | wrong value of VM.VBDs",
                "{'modify': 'VM', 'ref': 'a', 'number': 1, 'fields': {'VBDs': '[7,'}} | wrong value of VM.VBDs",
            })
    void whatThisVersionDoesNotKnowIsAClearError(String effect, String complaint) {
        byte[] bytes = REMOVAL.formatted(effect.replace('\'', '"')).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> EntryCodec.decode(bytes))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(complaint);
    }

    @Test
    void aLaterVersionOfTheEncodingIsRefused() {
        byte[] bytes = "{\"version\":2,\"entries\":[]}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> EntryCodec.decode(bytes))
                .hasMessage(
                        "a group of entries has version 2, but this jxapid reads version 1: update jxapid on this host");
    }

    @Test
    void bytesThatAreNoEntriesAreRefused() {
        for (String text : List.of("", "[]", "7", "{\"version\":1", "{\"version\":1,\"entries\":[]} 2")) {
            assertThatThrownBy(() -> EntryCodec.decode(text.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(StoreException.class);
        }
    }
}
