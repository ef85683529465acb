package org.jxapi.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.storage.TrackedDisk;

/**
 * Backups of a VM's disk by Xen Orchestra, with CBT and NBD: enable_cbt, snapshot, the bitmap, blocks of 2 MiB over TLS,
 * data_destroy. The calls and their order are those of its _AbstractXapi.mjs, XapiVhdCbt.mjs and vdi.mjs.
 */
class DeltaBackupTest {
    private static final int MIB = NbdHost.MIB;
    /** Not a multiple of the blocks in which Xen Orchestra reads. */
    private static final int SIZE = 9 * MIB;

    private static final int BACKUP_BLOCK = 2 * MIB;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--nbd", "127.0.0.1:0");

    private static final Calls calls = daemon.calls();

    @TempDir
    Path folder;

    private NbdHost host;
    private String disk;
    private final byte[] contents = new byte[SIZE];
    private final byte[] backup = new byte[SIZE];
    private final List<Integer> read = new ArrayList<>();

    @Test
    void fullAndDeltaBackupsRestoreTheDiskByteForByte() throws Exception {
        host = new NbdHost(daemon);
        calls.ok("network.add_purpose", host.network, "nbd");
        String sr = calls.fileSr(
                "backed up", Map.of("location", folder.resolve("sr").toString(), "preferred-image-formats", "qcow2"));
        disk = calls.vdi(sr, SIZE);
        String vm = calls.vm("backed up");
        calls.ok("VBD.create", Calls.vbdRecord(vm, disk));
        write(0, 3 * MIB);
        write(5 * MIB, 1000);

        String base = backUp(vm, "");
        assertThat(read).containsExactly(0, 1, 2, 3, 4);
        for (int run = 0; run < 3; run++) {
            write(2 * MIB + run, 70_000);
            write(SIZE - 500, 500);
            String next = backUp(vm, base);
            assertThat(read).as("blocks that were read").containsExactly(1, 4);
            // The log of the last backup is not needed any more.
            calls.ok("VDI.destroy", base);
            base = next;
        }
        assertThat(backUp(vm, base)).isNotEmpty();
        assertThat(read).as("nothing was written").isEmpty();
        assertThat(calls.ok("VDI.get_snapshots", disk)).hasSize(2);
    }

    private void write(int at, int length) throws Exception {
        byte[] bytes = new byte[length];
        new Random(at).nextBytes(bytes);
        TrackedDisk.write(folder.resolve("sr"), calls.text("VDI.get_uuid", disk), at, bytes);
        System.arraycopy(bytes, 0, contents, at, length);
    }

    /** Makes the backup that of the present contents, and returns the snapshot that the next one starts from. */
    private String backUp(String vm, String base) throws Exception {
        read.clear();
        calls.ok("VDI.enable_cbt", disk);
        String snapshot = calls.text("VM.snapshot", vm, "backup", List.of());
        String vdi = calls.text("VBD.get_VDI", calls.first("VM.get_VBDs", snapshot));
        byte[] bitmap = null;
        if (!base.isEmpty()) {
            assertThat(calls.ok("VDI.get_cbt_enabled", vdi).asBoolean()).isTrue();
            bitmap = Base64.getDecoder().decode(calls.text("VDI.list_changed_blocks", base, vdi));
        }
        JsonNode info = calls.ok("VDI.get_nbd_info", vdi).get(0);
        try (NbdClient client = host.client(vdi)) {
            assertThat(client.go(info.get("exportname").asText())).isEqualTo(SIZE);
            for (int block = 0; block * BACKUP_BLOCK < SIZE; block++) {
                if (bitmap == null || ByteBuffer.wrap(bitmap).getInt(4 * block) != 0) {
                    int at = block * BACKUP_BLOCK;
                    int length = Math.min(BACKUP_BLOCK, SIZE - at);
                    System.arraycopy(client.read(at, length), 0, backup, at, length);
                    read.add(block);
                }
            }
        }
        host.eventuallyFree(vdi);
        assertThat(Arrays.equals(backup, contents)).as("the backup is the disk").isTrue();
        calls.ok("VM.destroy", snapshot);
        calls.ok("VDI.data_destroy", vdi);
        assertThat(calls.text("VDI.get_type", vdi)).isEqualTo("cbt_metadata");
        return vdi;
    }
}
