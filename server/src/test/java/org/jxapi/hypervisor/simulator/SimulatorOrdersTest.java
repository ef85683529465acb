package org.jxapi.hypervisor.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.SimulatorOrders;

/** Orders of the simulator, and refused ones: docs/simulator.md. */
class SimulatorOrdersTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static Path control;

    @BeforeAll
    static void start() throws Exception {
        control = daemon.data().resolve("simulator/control");
    }

    /** Gives an order and returns what the refusal says; empty when it was carried out. */
    private static String order(String text) throws Exception {
        String name = UUID.randomUUID().toString();
        Path fresh = control.resolve(name + ".new");
        Path file = control.resolve(name + ".json");
        Path refused = control.resolve(name + ".json.refused");
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        SimulatorOrders.eventually(() -> !Files.exists(file));
        return Files.exists(refused) ? Files.readString(refused) : "";
    }

    @Test
    void theFolderForOrdersIsThereFromTheStart() {
        assertThat(control).isDirectory();
    }

    @Test
    void allKnownOrdersAreCarriedOut() throws Exception {
        Calls calls = new Calls(daemon);
        String vm = calls.vm("ordered");
        calls.ok("VM.start", vm, false, false);
        long domid = calls.ok("VM.get_domid", vm).asLong();
        assertThat(order("{\"domain\": " + domid + ", \"xenstore\": {\"attr/one\": \"1\", \"attr/two\": 2}}"))
                .isEmpty();
        assertThat(order("{\"domain\": " + domid + ", \"xenstore\": {\"attr/one\": null}}"))
                .isEmpty();
        assertThat(order("{\"operation\": \"pause\", \"fault\": \"fail\", \"error\": \"NOMEM\"}"))
                .isEmpty();
        assertThat(calls.error("VM.pause", vm).get(0)).isNotEqualTo("ok");
        assertThat(order("{\"operation\": \"pause\", \"fault\": \"hang\"}")).isEmpty();
        assertThat(order("{\"release\": \"pause\"}")).isEmpty();
        calls.ok("VM.pause", vm);
        calls.ok("VM.unpause", vm);
        assertThat(order("{\"domain\": " + domid + ", \"guest\": \"power-off\"}"))
                .isEmpty();
        SimulatorOrders.eventually(() -> calls.text("VM.get_power_state", vm).equals("Halted"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'operation': 'nosuch', 'fault': 'fail'} | unknown operation nosuch; known are cdrom-insert,",
                "{'release': 'nosuch'} | unknown operation nosuch",
                "{'operation': 'create', 'fault': 'explode'} | unknown fault explode; known are fail, die, hang",
                "{'operation': 'create', 'fault': 'fail', 'error': 'NOPE'} | unknown error of libxl NOPE; known are",
                "{'operation': 'pause', 'fault': 'die'} | pause cannot die midway; these can: create, restore, suspend",
                "{'fault': 'fail'} | operation must be given",
                "{'operation': 'create', 'fault': 'fail', 'often': 3} | unknown key often; known here are operation,",
                "{'domain': 0, 'guest': 'dance'} | unknown action of a guest dance; known are power-off, reboot,",
                "{'domain': 9999, 'guest': 'crash'} | 9999",
                "{'domain': 'x', 'guest': 'crash'} | domain must be given, as a number",
                "{'domain': 0, 'xenstore': {'../1/attr': 'x'}} | no path of xenstore below the domain's own",
                "{'domain': 0, 'xenstore': {'attr': {}}} | or no plain value: attr",
                "{'domain': 0, 'xenstore': 'attr'} | xenstore must be an object",
                "{'bogus': 1} | it orders nothing",
                "[] | it is not a JSON object",
                "{'operation' | it is not JSON"
            })
    void whatIsNotKnownIsRefusedWithTheReason(String order, String reason) throws Exception {
        String text = order.replace('\'', '"');
        String refusal = order(text);
        assertThat(refusal).startsWith("refused: ").contains(reason).endsWith("\n" + text);
    }

    @Test
    void whatIsNoFileIsLeftAlone() throws Exception {
        Path odd = Files.createDirectories(control.resolve("odd.json/in"));
        SimulatorOrders.eventually(() -> Files.exists(control.resolve("odd.json.refused")));
        assertThat(odd).exists();
        assertThat(order("{\"release\": \"create\"}")).isEmpty();
    }
}
