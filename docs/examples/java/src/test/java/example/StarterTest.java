package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.xensource.xenapi.Types;
import com.xensource.xenapi.VM;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.junit.XenApi;

class StarterTest {
    @RegisterExtension
    static final XenApi xen = XenApi.simulator().world("laptop");

    private Starter starter;
    private VM vm;

    @BeforeEach
    void login() throws Exception {
        starter = new Starter(xen.url(), xen.password());
        vm = VM.getByNameLabel(starter.connection(), "build").iterator().next();
    }

    @Test
    void aLostAnswer() throws Exception {
        xen.fault(Map.of("api", "VM.start", "fault", "drop-after"));
        assertEquals(Starter.Outcome.RUNS_ALREADY, starter.start(vm));
    }

    @Test
    void lostRequests() throws Exception {
        xen.fault(Map.of("api", "VM.start", "fault", "drop-before", "times", 2));
        assertEquals(Starter.Outcome.STARTED, starter.start(vm));
    }

    @Test
    void aSessionThatEnds() throws Exception {
        xen.endSessions();
        assertEquals(Starter.Outcome.STARTED, starter.start(vm));
    }

    @Test
    void noMemoryForAMoment() throws Exception {
        xen.fault(Map.of("operation", "create", "fault", "fail", "error", "NOMEM", "times", 2));
        assertEquals(Starter.Outcome.STARTED, starter.start(vm));
    }

    @Test
    void noMemoryAtAll() {
        xen.fault(Map.of("operation", "create", "fault", "fail", "error", "NOMEM", "times", "always"));
        assertThrows(Types.HostNotEnoughFreeMemory.class, () -> starter.start(vm));
    }

    @Test
    void anErrorOfTheApi() {
        xen.fault(Map.of("api", "VM.start", "fault", "error", "error", List.of("HOST_IS_SLAVE", "10.0.0.1")));
        assertThrows(Types.HostIsSlave.class, () -> starter.start(vm));
    }
}
