package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.iscsi.FakeIscsiadm;
import org.jxapi.iscsi.Sessions;

/** Types iscsi and lvmoiscsi: settings, probes and errors as in BaseISCSI.py, RawISCSISR.py and LVHDoISCSISR.py of XenServer. */
class IscsiDriverTest {
    private static final String IQN = "iqn.2026-11.org.example:disks";

    @TempDir
    Path root;

    private ServerSocket portal;
    private FakeIscsiadm iscsiadm;
    private IscsiDriver raw;
    private LvmIscsiDriver lvm;

    @BeforeEach
    void make() throws IOException {
        portal = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        iscsiadm = new FakeIscsiadm(root, portal.getLocalPort());
        iscsiadm.offer(IQN, "naa.60000000000000000e00000000010001", "naa.60000000000000000e00000000010002");
        Sessions sessions =
                new Sessions(iscsiadm, iscsiadm.sys().resolve("class/iscsi_session"), () -> "iqn.2026-11.org.jxapi:a");
        IscsiHost host =
                new IscsiHost(sessions, new ScsiDisks(iscsiadm.sys().resolve("block")), Duration.ofMillis(300));
        raw = new IscsiDriver(host);
        lvm = new LvmIscsiDriver(host, TestDrivers.groups());
    }

    @AfterEach
    void close() throws IOException {
        portal.close();
    }

    private Settings settings(String uuid, String... more) {
        Map<String, String> config =
                new HashMap<>(Map.of("target", "127.0.0.1", "port", Integer.toString(portal.getLocalPort())));
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return new Settings(uuid, config, Map.of());
    }

    private static XenApiException failure(Runnable call) {
        return catchThrowableOfType(XenApiException.class, call::run);
    }

    private static String code(Runnable call) {
        return failure(call).code().replace("SR_BACKEND_FAILURE_", "");
    }

    @Test
    void aProbeWithoutANameFailsWithTheTargets() {
        XenApiException missing = failure(() -> lvm.probe(settings("")));
        assertThat(missing.code()).isEqualTo("SR_BACKEND_FAILURE_96");
        String port = "\t\t<Port>" + portal.getLocalPort() + "</Port>\n";
        assertThat(missing.params().get(2)).isEqualTo("""
                <?xml version="1.0" ?>
                <iscsi-target-iqns>
                \t<TGT>
                \t\t<Index>0</Index>
                \t\t<IPAddress>127.0.0.1</IPAddress>
                %s\t\t<TargetIQN>%s</TargetIQN>
                \t</TGT>
                \t<TGT>
                \t\t<Index>1</Index>
                \t\t<IPAddress>127.0.0.1</IPAddress>
                %s\t\t<TargetIQN>*</TargetIQN>
                \t</TGT>
                </iscsi-target-iqns>
                """.formatted(port, IQN, port));
        assertThat(failure(() -> raw.probe(settings(""))).params()).isEqualTo(missing.params());
        assertThat(failure(() -> raw.repository(settings("sr")).create()).params())
                .isEqualTo(missing.params());
    }

    @Test
    void aProbeWithoutALunFailsWithTheLunsAndEndsItsSession() throws IOException {
        for (String iqn : List.of(IQN, "*")) {
            XenApiException missing = failure(() -> lvm.probe(settings("", "targetIQN", iqn)));
            assertThat(missing.code()).isEqualTo("SR_BACKEND_FAILURE_107");
            assertThat(missing.params().get(2)).isEqualTo("""
                    <?xml version="1.0" ?>
                    <iscsi-target>
                    \t<LUN>
                    \t\t<vendor>IET</vendor>
                    \t\t<serial>beaf11</serial>
                    \t\t<LUNid>1</LUNid>
                    \t\t<size>314572800</size>
                    \t\t<SCSIid>360000000000000000e00000000010001</SCSIid>
                    \t</LUN>
                    \t<LUN>
                    \t\t<vendor>IET</vendor>
                    \t\t<serial>beaf11</serial>
                    \t\t<LUNid>2</LUNid>
                    \t\t<size>314572800</size>
                    \t\t<SCSIid>360000000000000000e00000000010002</SCSIid>
                    \t</LUN>
                    </iscsi-target>
                    """);
            assertThat(iscsiadm.sys().resolve("class/iscsi_session")).isEmptyDirectory();
        }
    }

    @Test
    void settingsThatLeadNowhereHaveTheErrorsOfStorageManagers() {
        assertThat(code(() -> lvm.repository(new Settings("a", Map.of(), Map.of()))))
                .isEqualTo("95");
        assertThat(code(() -> lvm.repository(settings("a", "port", "70000")))).isEqualTo("142");
        assertThat(code(() -> lvm.repository(settings("a", "targetIQN", "../iqn"))))
                .isEqualTo("96");
        assertThat(code(() -> lvm.repository(settings("a", "chapuser", "joe")))).isEqualTo("68");
        assertThat(code(() -> lvm.repository(settings("a", "chapuser", "joe", "chappassword", "a\nb"))))
                .isEqualTo("2");
        assertThat(code(() -> lvm.repository(settings("a", "multihomed", "true"))))
                .isEqualTo("202");
        assertThat(code(() -> lvm.probe(settings("", "target", "no-such-host.invalid"))))
                .isEqualTo("140");
        assertThat(code(() -> lvm.probe(settings("", "port", "1")))).isEqualTo("141");
        assertThat(code(() -> lvm.probe(settings("", "targetIQN", "iqn.other", "SCSIid", "3600"))))
                .isEqualTo("83");
        assertThatThrownBy(() -> lvm.probe(settings("", "targetIQN", IQN, "SCSIid", "3600none")))
                .hasMessageContaining("SR_BACKEND_FAILURE_107")
                .hasMessageContaining("offers this host no LUN with the SCSI id 3600none");
        iscsiadm.require("joe secretsecret12");
        assertThat(code(() -> lvm.probe(settings("")))).isEqualTo("68");
        iscsiadm.stopDaemon();
        assertThat(code(() -> lvm.probe(settings("")))).isEqualTo("71");
    }

    @Test
    void anotherAddressIsUsedWhenTheFirstDoesNotAnswer() {
        Settings settings =
                settings("", "port", "1", "multihomelist", "127.0.0.1:2,127.0.0.1:" + portal.getLocalPort());
        assertThat(code(() -> lvm.probe(settings))).isEqualTo("96");
    }

    @Test
    void eachLunIsAVolumeOfIscsi() throws IOException {
        Repository repository = raw.repository(settings("sr", "targetIQN", IQN));
        repository.create();
        repository.attach();
        List<Volume> volumes = repository.volumes();
        assertThat(volumes).hasSize(2);
        // The UUID is that of scsiutil.py: md5sum of the SCSI id.
        String first = "360000000000000000e00000000010001";
        assertThat(IscsiDriver.uuid(first)).isEqualTo("cc26187c-5707-6d73-0070-e541a4ac88c7");
        Volume volume = volumes.stream()
                .filter(each -> each.location().equals(IscsiDriver.uuid(first)))
                .findFirst()
                .orElseThrow();
        assertThat(volume.bytes()).isEqualTo(300 << 20);
        assertThat(volume.label()).isEqualTo("IET LUN 1");
        assertThat(repository.smConfig(volume.location()))
                .isEqualTo(Map.of("LUNid", "1", "SCSIid", first, "backend-kind", "vbd"));
        iscsiadm.add(IQN, "naa.60000000000000000e00000000010003");
        assertThat(repository.volumes()).hasSize(3);
        assertThat(repository.usage().size()).isEqualTo(3 * 300 << 20);
        repository.detach();
        assertThat(iscsiadm.sys().resolve("class/iscsi_session")).isEmptyDirectory();
        assertThat(repository.volumes()).isEmpty();
    }

    @Test
    void twoRepositoriesOnOneTargetShareItsSession() throws IOException {
        Repository one = raw.repository(settings("one", "targetIQN", IQN));
        GroupDevices other =
                lvm.devices(settings("other", "targetIQN", IQN, "SCSIid", "360000000000000000e00000000010002"));
        one.attach();
        assertThat(other.connect()).containsExactly(Path.of("/dev/xsd1x1"));
        assertThat(other.place()).isEqualTo("SCSI disk 360000000000000000e00000000010002");
        assertThat(other.remote()).isTrue();
        one.detach();
        assertThat(other.connect()).containsExactly(Path.of("/dev/xsd1x1"));
        other.disconnect();
        assertThat(iscsiadm.sys().resolve("class/iscsi_session")).isEmptyDirectory();
        assertThat(raw.smConfig(settings("one", "targetIQN", IQN)))
                .containsEntry("targetIQN", IQN)
                .containsEntry("datatype", "ISCSI");
    }
}
