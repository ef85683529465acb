package org.jxapi.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;

/** Disks over NBD, for the right clients only: see doc/proto.md of the NBD project, and ocaml/nbd/src/main.ml. */
class NbdExportTest {
    private static final int MIB = NbdHost.MIB;
    private static final long SIZE = 8L * MIB;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--nbd", "127.0.0.1:0");

    private static final Calls calls = daemon.calls();
    private static final byte[] CONTENTS = NbdHost.contents(8);
    private static NbdHost host;
    private static String vdi;
    private static String name;

    @BeforeAll
    static void prepare() throws Exception {
        host = new NbdHost(daemon);
        calls.ok("network.add_purpose", host.network, "nbd");
        vdi = host.disk(8);
        name = host.name(vdi);
    }

    private static NbdClient client() throws Exception {
        return host.client(vdi);
    }

    private static NbdClient structured() throws Exception {
        NbdClient client = client().structured(name);
        assertThat(client.go(name)).isEqualTo(SIZE);
        return client;
    }

    @Test
    void bothWaysToAskForAnExportReadItsBytes() throws Exception {
        try (NbdClient client = client()) {
            assertThat(client.go(name, Wire.INFO_BLOCK_SIZE)).isEqualTo(SIZE);
            assertThat(client.read(0, 3 * MIB)).isEqualTo(NbdHost.part(CONTENTS, 0, 3 * MIB));
            assertThat(client.read(SIZE - 10, 10)).isEqualTo(new byte[10]);
            assertThat(client.read(SIZE, 0)).isEmpty();
        }
        try (NbdClient client = client()) {
            client.send(Wire.OPT_EXPORT_NAME, name.getBytes(StandardCharsets.UTF_8));
            assertThat(client.in.readLong()).isEqualTo(SIZE);
            assertThat(client.in.readUnsignedShort())
                    .isEqualTo(Wire.HAS_FLAGS | Wire.READ_ONLY | Wire.SEND_FLUSH | Wire.CAN_MULTI_CONN);
            assertThat(client.read(4 * MIB, 512)).isEqualTo(NbdHost.part(CONTENTS, 4 * MIB, 512));
            client.request(0, Wire.CMD_DISC, 1, 0, 0);
            assertThat(client.ended()).isTrue();
        }
    }

    /** Xen Orchestra asks for several blocks before it reads the first one. */
    @Test
    void requestsMayBeSentBeforeTheRepliesAreRead() throws Exception {
        try (NbdClient client = client()) {
            client.go(name);
            for (int block = 0; block < 8; block++) {
                client.request(0, Wire.CMD_READ, block, (long) block * MIB, MIB);
            }
            for (int block = 0; block < 8; block++) {
                assertThat(client.error(block)).isZero();
                assertThat(client.in.readNBytes(MIB)).isEqualTo(NbdHost.part(CONTENTS, block * MIB, MIB));
            }
        }
    }

    @Test
    void aClientThatWantsZeroesGetsThem() throws Exception {
        try (NbdClient client = NbdClient.greeted(host.port(vdi), Wire.FIXED_NEWSTYLE)) {
            client.option(Wire.OPT_STARTTLS);
            client.startTls(
                    host.info(vdi).get("cert").asText(),
                    host.info(vdi).get("subject").asText());
            client.send(Wire.OPT_EXPORT_NAME, name.getBytes(StandardCharsets.UTF_8));
            assertThat(client.in.readNBytes(10)).hasSize(10);
            assertThat(client.in.readNBytes(124)).containsOnly(0);
            assertThat(client.read(0, 512)).isEqualTo(NbdHost.part(CONTENTS, 0, 512));
        }
    }

    @Test
    void nothingIsAnsweredBeforeTls() throws Exception {
        for (int option : List.of(Wire.OPT_LIST, Wire.OPT_GO, Wire.OPT_INFO, Wire.OPT_STRUCTURED_REPLY, 77)) {
            try (NbdClient client = NbdClient.greeted(host.port(vdi), Wire.FIXED_NEWSTYLE)) {
                assertThat(client.single(option, NbdClient.string(name)).type()).isEqualTo(Wire.REP_ERR_TLS_REQD);
                assertThat(client.single(Wire.OPT_ABORT).type()).isEqualTo(Wire.REP_ACK);
                assertThat(client.ended()).isTrue();
            }
        }
        try (NbdClient client = NbdClient.greeted(host.port(vdi), Wire.FIXED_NEWSTYLE)) {
            client.send(Wire.OPT_EXPORT_NAME, name.getBytes(StandardCharsets.UTF_8));
            assertThat(client.ended()).isTrue();
        }
        assertThat(host.holds(vdi)).isEmpty();
    }

    @Test
    void exportsAreNotListedAndUnknownOptionsFailAlone() throws Exception {
        try (NbdClient client = client()) {
            assertThat(client.single(Wire.OPT_LIST).type()).isEqualTo(Wire.REP_ERR_POLICY);
            assertThat(client.single(99, new byte[100]).type()).isEqualTo(Wire.REP_ERR_UNSUP);
            assertThat(client.single(Wire.OPT_STARTTLS).type()).isEqualTo(Wire.REP_ERR_INVALID);
            assertThat(client.single(Wire.OPT_GO, new byte[3]).type()).isEqualTo(Wire.REP_ERR_INVALID);
            assertThat(client.single(Wire.OPT_GO, NbdClient.number(-1)).type()).isEqualTo(Wire.REP_ERR_INVALID);
            assertThat(client.single(Wire.OPT_GO, NbdClient.string(name), NbdClient.infos(), new byte[1])
                            .type())
                    .isEqualTo(Wire.REP_ERR_INVALID);
            assertThat(client.single(Wire.OPT_SET_META_CONTEXT, NbdClient.string(name), NbdClient.number(0))
                            .type())
                    .as("without structured replies")
                    .isEqualTo(Wire.REP_ERR_INVALID);
            client.structured(name);
            assertThat(client.single(Wire.OPT_SET_META_CONTEXT, NbdClient.string(name), NbdClient.number(-1))
                            .type())
                    .isEqualTo(Wire.REP_ERR_INVALID);
            assertThat(client.go(name)).isEqualTo(SIZE);
        }
    }

    @Test
    void onlyAValidSessionOpensADisk() throws Exception {
        String uuid = calls.text("VDI.get_uuid", vdi);
        JsonClient other = new JsonClient(daemon.http());
        String ended = other.login(daemon.password());
        other.call("session.logout", List.of(ended));
        try (NbdClient client = client()) {
            for (String session : List.of(ended, "OpaqueRef:none", "")) {
                NbdClient.Reply reply = client.single(
                        Wire.OPT_GO, NbdClient.string("/" + uuid + "?session_id=" + session), NbdClient.infos());
                assertThat(reply.type()).isEqualTo(Wire.REP_ERR_POLICY);
                assertThat(reply.text()).isEqualTo("SESSION_INVALID");
            }
            assertThat(client.single(Wire.OPT_INFO, NbdClient.string("/" + uuid), NbdClient.infos())
                            .text())
                    .isEqualTo("SESSION_INVALID");
            NbdClient.Reply none = client.single(
                    Wire.OPT_GO, NbdClient.string("/no-such-disk?session_id=" + calls.session()), NbdClient.infos());
            assertThat(none.type()).isEqualTo(Wire.REP_ERR_UNKNOWN);
            assertThat(none.text()).isEqualTo("UUID_INVALID: VDI, no-such-disk");
            assertThat(host.holds(vdi)).isEmpty();
            assertThat(client.go(name)).as("the client may try again").isEqualTo(SIZE);
        }
        try (NbdClient client = client()) {
            client.send(Wire.OPT_EXPORT_NAME, ("/" + uuid).getBytes(StandardCharsets.UTF_8));
            assertThat(client.ended()).isTrue();
        }
        assertThat(Files.readString(daemon.log())).doesNotContain(ended, calls.session());
    }

    /** ocaml/nbd/src/main.ml, with_attached_vdi: the disk is attached read-only to the control domain meanwhile. */
    @Test
    void aDiskIsHeldWhileAClientReadsIt() throws Exception {
        String disk = host.disk(5);
        String writer = calls.vm("writer");
        calls.ok("VBD.create", Calls.vbdRecord(writer, disk));
        try (NbdClient first = host.client(disk);
                NbdClient second = host.client(disk)) {
            first.go(host.name(disk));
            second.go(host.name(disk));
            assertThat(host.holds(disk)).hasSize(2);
            assertThat(calls.text("VBD.get_mode", host.holds(disk).get(0))).isEqualTo("RO");
            assertThat(calls.error("VDI.destroy", disk)).startsWith("VDI_IN_USE");
            assertThat(calls.error("VM.start", writer, false, false)).startsWith("VDI_IN_USE");
        }
        host.eventuallyFree(disk);
        calls.ok("VM.start", writer, false, false);
        try (NbdClient client = host.client(disk)) {
            NbdClient.Reply reply = client.single(Wire.OPT_GO, NbdClient.string(host.name(disk)), NbdClient.infos());
            assertThat(reply.type()).isEqualTo(Wire.REP_ERR_POLICY);
            assertThat(reply.text()).isEqualTo("VDI_IN_USE: " + disk);
            String snapshot = calls.text("VDI.snapshot", disk, Map.of());
            assertThat(client.go(host.name(snapshot))).isEqualTo(5L * MIB);
            assertThat(client.read(0, 512)).isEqualTo(NbdHost.part(NbdHost.contents(5), 0, 512));
        }
    }

    /** XAPI looks at the session when it attaches the disk, and detaches it with one of its own. */
    @Test
    void anExportGoesOnWhenItsSessionEnds() throws Exception {
        JsonClient other = new JsonClient(daemon.http());
        String session = other.login(daemon.password());
        String own = "/" + calls.text("VDI.get_uuid", vdi) + "?session_id=" + session;
        try (NbdClient client = client()) {
            client.go(own);
            other.call("session.logout", List.of(session));
            assertThat(client.read(0, 4096)).isEqualTo(NbdHost.part(CONTENTS, 0, 4096));
        }
    }

    @Test
    void nothingIsWritten() throws Exception {
        try (NbdClient client = structured()) {
            client.request(0, Wire.CMD_WRITE, 7, 0, 3 * MIB);
            client.out.write(new byte[3 * MIB]);
            assertThat(client.error(7)).isEqualTo(Wire.EPERM);
            client.request(0, Wire.CMD_TRIM, 8, 0, MIB);
            assertThat(client.error(8)).isEqualTo(Wire.EPERM);
            client.request(0, Wire.CMD_WRITE_ZEROES, 9, 0, MIB);
            assertThat(client.error(9)).isEqualTo(Wire.EPERM);
            client.request(0, Wire.CMD_FLUSH, 10, 0, 0);
            assertThat(client.error(10)).isZero();
            client.request(0, 55, 11, 0, 0);
            assertThat(client.error(11)).isEqualTo(Wire.EINVAL);
            client.request(0, Wire.CMD_READ, 12, 0, 4096);
            assertThat(client.chunks(12)).singleElement().satisfies(chunk -> {
                assertThat(chunk.type()).isEqualTo(Wire.CHUNK_OFFSET_DATA);
                assertThat(NbdHost.part(chunk.data(), 8, 4096)).isEqualTo(NbdHost.part(CONTENTS, 0, 4096));
            });
        }
    }

    @Test
    void readsBeyondTheEndFailAlone() throws Exception {
        try (NbdClient client = client()) {
            client.go(name);
            long[][] ranges = {
                {SIZE - 1, 2}, {SIZE + 1, 0}, {-1, 1}, {Long.MIN_VALUE, 8}, {0, 0xFFFFFFFFL}, {0, 33L * MIB}
            };
            for (long[] range : ranges) {
                client.request(0, Wire.CMD_READ, 5, range[0], range[1]);
                assertThat(client.error(5)).as("%d, %d", range[0], range[1]).isEqualTo(Wire.EINVAL);
            }
            client.request(Wire.FLAG_DF, Wire.CMD_READ, 6, 0, 512);
            assertThat(client.error(6)).as("a flag that was not offered").isEqualTo(Wire.EINVAL);
            client.request(0, Wire.CMD_BLOCK_STATUS, 6, 0, 512);
            assertThat(client.error(6)).as("no metadata context").isEqualTo(Wire.EINVAL);
            assertThat(client.read(0, 512)).isEqualTo(NbdHost.part(CONTENTS, 0, 512));
        }
        try (NbdClient client = structured()) {
            client.request(0, Wire.CMD_READ, 1, SIZE - 1, 2);
            assertThat(client.chunks(1)).singleElement().satisfies(chunk -> {
                assertThat(chunk.type()).isEqualTo(Wire.CHUNK_ERROR);
                assertThat(chunk.error()).isEqualTo(Wire.EINVAL);
            });
            client.request(0, Wire.CMD_BLOCK_STATUS, 2, SIZE - 1, 2);
            assertThat(client.chunks(2)).extracting(NbdClient.Chunk::error).containsExactly(Wire.EINVAL);
        }
    }

    @Test
    void holesAreToldInsteadOfTheirZeros() throws Exception {
        try (NbdClient client = structured()) {
            client.request(0, Wire.CMD_BLOCK_STATUS, 3, 0, SIZE);
            ByteBuffer status = ByteBuffer.wrap(client.chunks(3).get(0).data());
            int[] numbers = new int[9];
            status.asIntBuffer().get(numbers);
            assertThat(numbers)
                    .containsExactly(
                            Wire.ALLOCATION_ID,
                            MIB,
                            0,
                            3 * MIB,
                            Wire.STATE_HOLE_AND_ZERO,
                            MIB,
                            0,
                            3 * MIB,
                            Wire.STATE_HOLE_AND_ZERO);
            client.request(Wire.FLAG_REQ_ONE, Wire.CMD_BLOCK_STATUS, 4, 100, SIZE - 100);
            assertThat(client.chunks(4).get(0).data())
                    .isEqualTo(ByteBuffer.allocate(12)
                            .putInt(Wire.ALLOCATION_ID)
                            .putInt(MIB - 100)
                            .putInt(0)
                            .array());

            client.request(0, Wire.CMD_READ, 5, 0, SIZE);
            byte[] read = new byte[(int) SIZE];
            int holes = 0;
            for (NbdClient.Chunk chunk : client.chunks(5)) {
                ByteBuffer data = ByteBuffer.wrap(chunk.data());
                int offset = (int) data.getLong();
                if (chunk.type() == Wire.CHUNK_OFFSET_HOLE) {
                    holes += data.getInt();
                } else {
                    data.get(read, offset, data.remaining());
                }
            }
            assertThat(holes).isEqualTo(6 * MIB);
            assertThat(read).isEqualTo(CONTENTS);

            client.request(Wire.FLAG_DF, Wire.CMD_READ, 6, MIB - 512, 1024);
            assertThat(client.chunks(6))
                    .singleElement()
                    .satisfies(chunk -> assertThat(NbdHost.part(chunk.data(), 8, 1024))
                            .isEqualTo(NbdHost.part(CONTENTS, MIB - 512, 1024)));
            client.request(Wire.FLAG_DF, Wire.CMD_READ, 7, 0, MIB);
            assertThat(client.chunks(7)).extracting(NbdClient.Chunk::error).containsExactly(Wire.EOVERFLOW);
        }
    }

    /** The metadata context is chosen for one export, and holds for no other. */
    @Test
    void contextsAreListedAndChosenForTheirExport() throws Exception {
        String other = host.disk(6);
        try (NbdClient client = client().structured(name)) {
            for (String query : List.of("base:", Wire.ALLOCATION)) {
                List<NbdClient.Reply> replies = client.option(
                        Wire.OPT_LIST_META_CONTEXT,
                        NbdClient.string(name),
                        NbdClient.number(1),
                        NbdClient.string(query));
                assertThat(replies).hasSize(2);
                assertThat(replies.get(0).text()).endsWith(Wire.ALLOCATION);
            }
            assertThat(client.option(
                            Wire.OPT_LIST_META_CONTEXT,
                            NbdClient.string(name),
                            NbdClient.number(1),
                            NbdClient.string("qemu:dirty-bitmap:x")))
                    .hasSize(1);
            client.go(host.name(other));
            client.request(0, Wire.CMD_BLOCK_STATUS, 1, 0, 512);
            assertThat(client.chunks(1)).extracting(NbdClient.Chunk::error).containsExactly(Wire.EINVAL);
        }
    }

    @Test
    void nonsenseEndsItsOwnConnectionOnly() throws Exception {
        int port = host.port(vdi);
        byte[][] nonsense = {
            {1, 2, 3, 4},
            ByteBuffer.allocate(12).putInt(Wire.FIXED_NEWSTYLE).putLong(42).array(),
            ByteBuffer.allocate(20)
                    .putInt(1)
                    .putLong(Wire.OPTION)
                    .putInt(Wire.OPT_EXPORT_NAME)
                    .putInt(-1)
                    .array(),
            ByteBuffer.allocate(20)
                    .putInt(1)
                    .putLong(Wire.OPTION)
                    .putInt(Wire.OPT_LIST)
                    .putInt(1 << 30)
                    .array(),
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.UTF_8)
        };
        for (byte[] bytes : nonsense) {
            try (NbdClient client = NbdClient.silent(port)) {
                client.out.write(bytes);
                assertThat(client.ended()).isTrue();
            }
        }
        try (NbdClient client = NbdClient.greeted(port, Wire.FIXED_NEWSTYLE)) {
            client.option(Wire.OPT_STARTTLS);
            client.out.write(new byte[200]);
            assertThat(client.ended()).isTrue();
        }
        for (int length : new int[] {-1, 1 << 26}) {
            try (NbdClient client = client()) {
                client.go(name);
                client.request(0, Wire.CMD_WRITE, 1, 0, length);
                assertThat(client.ended()).isTrue();
            }
        }
        try (NbdClient client = client()) {
            client.go(name);
            client.out.write(new byte[28]);
            assertThat(client.ended()).isTrue();
        }
        try (NbdClient client = client()) {
            assertThat(client.go(name)).isEqualTo(SIZE);
        }
        host.eventuallyFree(vdi);
    }
}
