package org.jxapi.hypervisor.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainCreateInfo;
import org.jxapi.hypervisor.DomainKind;

class SimulatedConsolesTest {
    private static int domain(SimulatedHypervisor hypervisor) {
        return hypervisor
                .domains()
                .create(DomainConfig.builder()
                        .cInfo(DomainCreateInfo.builder()
                                .type(DomainKind.PV)
                                .name("guest")
                                .uuid(UUID.randomUUID())
                                .build())
                        .bInfo(DomainBuildInfo.builder()
                                .maxVcpus(1)
                                .maxMemkb(65_536L)
                                .build())
                        .build());
    }

    private static void readUntil(SocketChannel viewer, String end) throws IOException {
        StringBuilder seen = new StringBuilder();
        ByteBuffer some = ByteBuffer.allocate(1024);
        while (!seen.toString().endsWith(end)) {
            assertThat(viewer.read(some.clear())).as("after: " + seen).isPositive();
            seen.append(StandardCharsets.UTF_8.decode(some.flip()));
        }
    }

    @Test
    @Timeout(60)
    void whatOneTypesAtATerminalIsSeenByAllWhoLook() throws IOException {
        try (SimulatedHypervisor hypervisor = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT)) {
            UnixDomainSocketAddress tty =
                    UnixDomainSocketAddress.of(hypervisor.consoles().primaryTty(domain(hypervisor)));
            try (SocketChannel types = SocketChannel.open(tty);
                    SocketChannel looks = SocketChannel.open(tty)) {
                readUntil(types, "login: ");
                readUntil(looks, "login: ");

                types.write(StandardCharsets.UTF_8.encode("root\r"));

                readUntil(looks, "root\r\nPassword: ");
                readUntil(types, "root\r\nPassword: ");
            }
        }
    }
}
