package org.jxapi.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.H2Store;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Console;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VM;

/** XAPI's form (xapi_xenops.ml): the host's address and the path of consoles; the port is added where it must be. */
class ConsoleLocationsTest {
    @TempDir
    Path folder;

    private final ConsoleLocations locations = new ConsoleLocations();
    private Store store;
    private Ref<Host> host;
    private Ref<Console> console;

    @BeforeEach
    void start() throws Exception {
        store = H2Store.open(folder.resolve("data"));
        store.addDerivation(locations);
        host = store.transact(tx -> tx.create(Row.of(Host.XEN_CLASS).with(Host.ADDRESS, "192.0.2.7")));
        Ref<VM> vm = store.transact(tx -> tx.create(Row.of(VM.XEN_CLASS).with(VM.RESIDENT_ON, host)));
        console = store.transact(tx -> tx.create(Row.of(Console.XEN_CLASS).with(Console.VM, vm)));
    }

    @AfterEach
    void stop() {
        store.close();
    }

    private String location() {
        String location = store.snapshot().get(console, Console.LOCATION);
        String uuid = store.snapshot().get(console, Console.UUID);
        assertThat(location).endsWith("/console?uuid=" + uuid);
        return location.substring(0, location.indexOf("/console"));
    }

    @Test
    void thePortOfTlsIsNamedUnlessItIsTheUsualOne() {
        locations.listening(store, List.of("http://127.0.0.1:80", "https://0.0.0.0:443", "unix:/x y"));
        assertThat(location()).isEqualTo("https://192.0.2.7");
        locations.listening(store, List.of("http://127.0.0.1:80", "https://[::]:8443"));
        assertThat(location()).isEqualTo("https://192.0.2.7:8443");
    }

    @Test
    void plainHttpIsNamedWhereThereIsNoTls() {
        locations.listening(store, List.of("http://127.0.0.1:80"));
        assertThat(location()).isEqualTo("http://192.0.2.7");
        locations.listening(store, List.of("http://127.0.0.1:8080", "unix:/sock"));
        assertThat(location()).isEqualTo("http://192.0.2.7:8080");
    }

    @Test
    void theHostsAddressIsFollowedAndOneOfIpv6IsInBrackets() {
        locations.listening(store, List.of("https://0.0.0.0:8443"));
        store.change(tx -> tx.set(host, Host.ADDRESS, "2001:db8::7"));
        assertThat(location()).isEqualTo("https://[2001:db8::7]:8443");
    }
}
