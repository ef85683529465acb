package org.jxapi.hypervisor.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.ConsoleType;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DomainSchedParams;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.Trigger;

/** The errors of calls for a domain that does not exist. */
interface NoDomainContract extends Contract {
    @Test
    default void everyCallSaysThatThereIsNoSuchDomain(@TempDir Path folder) {
        Map<String, LibxlError> answers = new LinkedHashMap<>();
        calls(folder).forEach((name, call) -> answers.put(name, Contract.errorOf(() -> call.accept(hypervisor()))));

        assertThat(answers)
                .hasSizeGreaterThan(30)
                .allSatisfy((name, error) -> assertThat(error).as(name).isEqualTo(LibxlError.DOMAIN_NOTFOUND));
        assertThat(hypervisor().domains().findByName(NAME + "nobody")).isEmpty();
        assertThat(hypervisor().xenstore().readTree("/local/domain/" + NOBODY)).isEmpty();
    }

    private Map<String, Consumer<Hypervisor>> calls(Path folder) {
        Map<String, Consumer<Hypervisor>> calls = new LinkedHashMap<>();
        calls.put("suspend", h -> h.domains().suspend(NOBODY, folder.resolve("image"), false));
        calls.put("send", h -> h.domains().send(NOBODY, OutputStream.nullOutputStream(), true));
        calls.put("suspendOnly", h -> h.domains().suspendOnly(NOBODY));
        calls.put("resume", h -> h.domains().resume(NOBODY, false));
        calls.put("pause", h -> h.domains().pause(NOBODY));
        calls.put("unpause", h -> h.domains().unpause(NOBODY));
        calls.put("shutdown", h -> h.domains().shutdown(NOBODY));
        calls.put("reboot", h -> h.domains().reboot(NOBODY));
        calls.put("trigger", h -> h.domains().trigger(NOBODY, Trigger.POWER, 0));
        calls.put("sysrq", h -> h.domains().sysrq(NOBODY, 'h'));
        calls.put("softReset", h -> h.domains().softReset(NOBODY, machine().guest(NAME + "nobody")));
        calls.put("destroy", h -> h.domains().destroy(NOBODY));
        calls.put("rename", h -> h.domains().rename(NOBODY, NAME + "nobody", NAME + "somebody"));
        calls.put("coreDump", h -> h.domains().coreDump(NOBODY, folder.resolve("core")));
        calls.put("config", h -> h.domains().config(NOBODY));
        calls.put("info", h -> h.domains().info(NOBODY));
        calls.put("name", h -> h.domains().name(NOBODY));
        DiskConfig disk = machine().disk("xvdz");
        calls.put("add disk", h -> h.devices().add(NOBODY, disk));
        calls.put("remove disk", h -> h.devices().remove(NOBODY, disk));
        calls.put("destroy disk", h -> h.devices().destroy(NOBODY, disk));
        calls.put("list disks", h -> h.devices().list(NOBODY, DiskConfig.class));
        calls.put("info of disk", h -> h.devices().info(NOBODY, disk));
        calls.put("insert disc", h -> h.devices().cdromInsert(NOBODY, DiskConfig.cdrom(null, "xvdz")));
        NicConfig nic = machine().nic();
        calls.put("add nic", h -> h.devices().add(NOBODY, nic));
        calls.put("remove nic", h -> h.devices().remove(NOBODY, nic));
        calls.put("list nics", h -> h.devices().list(NOBODY, NicConfig.class));
        calls.put("memory target", h -> h.memory().target(NOBODY));
        calls.put("set memory target", h -> h.memory().setTarget(NOBODY, 65_536, false, false));
        calls.put("set memory maximum", h -> h.memory().setMax(NOBODY, 65_536));
        calls.put("wait for memory target", h -> h.memory().waitForTarget(NOBODY, 1));
        calls.put("list vcpus", h -> h.vcpus().list(NOBODY));
        calls.put("set vcpus online", h -> h.vcpus().setOnline(NOBODY, Set.of(0)));
        calls.put("set vcpu affinity", h -> h.vcpus().setAffinity(NOBODY, 0, Set.of(0), null));
        calls.put("node affinity", h -> h.vcpus().nodeAffinity(NOBODY));
        calls.put("set node affinity", h -> h.vcpus().setNodeAffinity(NOBODY, Set.of(0)));
        calls.put("scheduler parameters", h -> h.schedulers().params(NOBODY));
        calls.put("set scheduler parameters", h -> h.schedulers().setParams(NOBODY, DomainSchedParams.credit(512, 0)));
        calls.put("move to cpupool", h -> h.cpupools().moveDomain(0, NOBODY));
        calls.put("tty", h -> h.consoles().tty(NOBODY, 0, ConsoleType.PV));
        calls.put("primary tty", h -> h.consoles().primaryTty(NOBODY));
        calls.put("vnc", h -> h.consoles().vnc(NOBODY));
        return calls;
    }
}
