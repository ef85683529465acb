package org.jxapi.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Chromium;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Program;
import org.jxapi.harness.RunningDaemon;

/** The web console of a pool of two hosts in a real browser, and its forms for storage. */
class WebConsolePoolTest {
    private static final String WORLD = """
            hosts:
              - {name: alpha, memory: 16G, nics: [{}, {}, {}]}
              - {name: beta, memory: 16G}
            srs:
              - {name: Shared, type: dummy, size: 1T}
              - {name: Slow, type: lvm, size: 1T, speed: 2M, host: alpha}
            vms:
              - {name: mover, memory: 1G, running: true, host: alpha, disks: [{sr: Shared, size: 1G}]}
              - {name: other, memory: 1G, running: true, host: alpha, disks: [{sr: Shared, size: 1G}]}
              - {name: large, memory: 1G, host: alpha, disks: [{sr: Slow, size: 1G}]}
            users:
              - {name: alice, password: secret, role: vm-operator}
              - {name: bob, password: secret, role: read-only}
            """;

    /** Answers of SR.probe as storage managers give them, for a host without iSCSI. Other calls go to the host. */
    private static final String FOUND = """
            (() => {
                const real = window.fetch;
                const fail = (code, xml) => new Response(JSON.stringify({jsonrpc: '2.0', id: 1,
                    error: {code: 1, message: code, data: ['', '', xml]}}));
                window.fetch = async (url, request) => {
                    const {method, params} = JSON.parse(request?.body ?? '{}');
                    if (method !== 'SR.probe') {
                        return real(url, request);
                    }
                    if (!params[2].targetIQN) {
                        return fail('SR_BACKEND_FAILURE_96', '<iscsi-target-iqns><TGT><Index>0</Index><IPAddress>10.0.0.9</IPAddress>'
                            + '<TargetIQN>iqn.2026-11.org.example:disks</TargetIQN></TGT><TGT><Index>1</Index><TargetIQN>*</TargetIQN></TGT></iscsi-target-iqns>');
                    }
                    if (!params[2].SCSIid) {
                        return fail('SR_BACKEND_FAILURE_107', '<iscsi-target><LUN><vendor>IET</vendor><LUNid>1</LUNid><size>1073741824</size>'
                            + '<SCSIid>36001</SCSIid></LUN><LUN><vendor>IET</vendor><LUNid>2</LUNid><size>2147483648</size>'
                            + '<SCSIid>36002</SCSIid></LUN></iscsi-target>');
                    }
                    const held = params[2].SCSIid === '36001' ? '<SR><UUID>9d4ed8ab-1d5e-4a3f-8a7c-0c1f5a3b2e11</UUID></SR>' : '';
                    return new Response(JSON.stringify({jsonrpc: '2.0', id: 1, result: `<SRlist>${held}</SRlist>`}));
                };
            })()""";

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onWorld(WORLD, "--host-console", "on");

    private static final Calls calls = daemon.calls();

    private static Chromium browser;

    @BeforeAll
    static void login() throws Exception {
        Program.assumed(
                Files.exists(Path.of("target", "classes", "web", "index.html")), "this build has no web console");
        browser = Chromium.start();
        browser.size(1280, 800);
        browser.open(daemon.http().toString());
        browser.fill("User", "root");
        browser.fill("Password", daemon.password());
        browser.press("Sign in");
        browser.await("document.querySelector('.list')");
    }

    @AfterAll
    static void endBrowser() throws Exception {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void begin() throws Exception {
        browser.eval("document.querySelector('dialog')?.close()");
        browser.complaints().clear();
    }

    private static void page(String hash) throws Exception {
        browser.eval("location.hash = " + Chromium.quoted(hash));
    }

    private static String text(String selector) throws Exception {
        return browser.eval("document.querySelector(" + Chromium.quoted(selector) + ")?.innerText ?? ''")
                .asText();
    }

    private static String place(String vm) throws Exception {
        return calls.text(
                "host.get_name_label", calls.text("VM.get_resident_on", calls.first("VM.get_by_name_label", vm)));
    }

    private static void openVm(String name) throws Exception {
        page("#/vm/" + calls.text("VM.get_uuid", calls.first("VM.get_by_name_label", name)));
        browser.await("document.querySelector('h1')?.innerText === " + Chromium.quoted(name));
    }

    @Test
    void aRunningVmMovesToAnotherHostAndTheHostIsEvacuated() throws Exception {
        openVm("mover");
        browser.press("Migrate");
        browser.pick("Host", "beta");
        browser.press("Migrate");
        browser.await("document.querySelector('.facts')?.innerText.includes('beta')");
        assertThat(place("mover")).isEqualTo("beta");

        page("#/host");
        browser.await("document.querySelector('h1')?.innerText === 'Hosts'");
        browser.screenshot(Path.of("target", "screenshots", "hosts.png"));
        assertThat(text(".list")).contains("alpha", "coordinator", "beta", "member");
        browser.press("beta");
        browser.press("Evacuate");
        browser.press("Evacuate");
        browser.await("!document.querySelector('dialog')");
        assertThat(place("mover")).isEqualTo("alpha");
        assertThat(calls.ok("host.get_enabled", calls.first("host.get_by_name_label", "beta"))
                        .asBoolean())
                .isFalse();
        browser.press("Enable");
        browser.await("document.querySelector('.title .state.enabled')");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aVmHasAHome() throws Exception {
        openVm("other");
        browser.press("Change");
        browser.pick("Home", "beta");
        browser.press("Save");
        browser.await("!document.querySelector('dialog')");
        assertThat(calls.text("VM.get_affinity", calls.first("VM.get_by_name_label", "other")))
                .isEqualTo(calls.first("host.get_by_name_label", "beta"));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aNewVmHasFurtherDisks() throws Exception {
        page("#/vms");
        browser.press("New VM");
        browser.fill("Name", "roomy");
        browser.press("Add a disk");
        browser.press("Add a disk");
        browser.fill("Further disk 2", "3 GiB");
        browser.press("Create");
        browser.await("document.querySelector('.title .state.running')");
        String vm = calls.first("VM.get_by_name_label", "roomy");
        long total = 0;
        for (String vbd : calls.list("VM.get_VBDs", vm)) {
            if (calls.text("VBD.get_type", vbd).equals("Disk")) {
                total += calls.ok("VDI.get_virtual_size", calls.text("VBD.get_VDI", vbd))
                                .asLong()
                        >> 30;
            }
        }
        assertThat(total).isGreaterThanOrEqualTo(10 + 3);
        assertThat(calls.list("VM.get_VBDs", vm)).hasSizeGreaterThanOrEqualTo(3);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aVlanOfAllHostsAndABondAreMade() throws Exception {
        page("#/networks");
        browser.press("New network");
        browser.fill("Name", "Guests");
        browser.pick("Interface", "eth0");
        browser.fill("VLAN tag", "42");
        browser.press("Create");
        browser.await("!document.querySelector('dialog')");
        assertThat(calls.list("network.get_PIFs", calls.first("network.get_by_name_label", "Guests")))
                .hasSize(2);
        browser.press("New bond");
        browser.fill("Name", "Trunk");
        browser.click("[...document.querySelectorAll('dialog .check')].find(e => e.innerText.trim() === 'eth1')");
        browser.click("[...document.querySelectorAll('dialog .check')].find(e => e.innerText.trim() === 'eth2')");
        browser.screenshot(Path.of("target", "screenshots", "bond.png"));
        browser.press("Create");
        browser.await("!document.querySelector('dialog')");
        String bond = calls.first("Bond.get_all");
        assertThat(calls.list("Bond.get_slaves", bond)).hasSize(2);
        assertThat(calls.text("Bond.get_mode", bond)).isEqualTo("active-backup");
        browser.press("Trunk");
        browser.await("document.querySelector('main')?.innerText.includes('bond0, bond')");
        browser.press("Dissolve bond0");
        browser.press("Dissolve");
        browser.await("!document.querySelector('dialog')");
        assertThat(calls.list("Bond.get_all")).isEmpty();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aUserGetsAnotherRoleAndOneIsRemoved() throws Exception {
        page("#/users");
        browser.press("Change the role of alice");
        browser.pick("Role", "vm-admin");
        browser.press("Save");
        browser.await("!document.querySelector('dialog')");
        browser.await(
                "[...document.querySelectorAll('main tr')].some(e => e.innerText.includes('alice') && e.innerText.includes('vm-admin'))");
        browser.press("Remove bob");
        browser.press("Remove");
        browser.await("!document.querySelector('main').innerText.includes('bob')");
        assertThat(calls.list("subject.get_all")).hasSize(1);
        assertThat(calls.list("subject.get_roles", calls.first("subject.get_all")))
                .containsExactly(calls.first("role.get_by_name_label", "vm-admin"));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aFolderOfOneHostIsMadeARepository(@TempDir Path folder) throws Exception {
        page("#/storage");
        browser.press("New storage");
        browser.pick("Type", "Folder of a host");
        browser.pick("Host", "beta");
        browser.fill("Name", "beta's files");
        browser.fill("Folder", folder.toString());
        browser.press("Create");
        browser.await("!document.querySelector('dialog')");
        String pbd = calls.list("SR.get_PBDs", calls.first("SR.get_by_name_label", "beta's files"))
                .get(0);
        assertThat(calls.text("PBD.get_host", pbd)).isEqualTo(calls.first("host.get_by_name_label", "beta"));
        assertThat(browser.complaints()).isEmpty();
    }

    /** No server or device of these names exists, so each call fails; the page shows which one it made. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "NFS; Server=nas.invalid, Path on the server=/export;"
                        + " type=nfs content-type=user shared=true device-config:server=nas.invalid device-config:serverpath=/export",
                "SMB; Share=//nas.invalid/vms, User name=joe, Password=sesame;"
                        + " type=smb content-type=user shared=true device-config:server=//nas.invalid/vms device-config:username=joe",
                "ext4 on a disk of a host; Device=/dev/not-there;"
                        + " type=ext content-type=user shared=false device-config:device=/dev/not-there",
                "LVM on a disk of a host; Device=/dev/not-there;"
                        + " type=lvm content-type=user shared=false device-config:device=/dev/not-there",
                "Folder of a host on ZFS; Folder=/not-there;"
                        + " type=zfs content-type=user shared=false device-config:location=/not-there",
                "ISO images in a folder of a host; Folder=/not-there;"
                        + " type=iso content-type=iso shared=false device-config:legacy_mode=true device-config:location=/not-there",
                "ISO images on NFS; Share=nas.invalid:/isos;"
                        + " type=iso content-type=iso shared=true device-config:type=nfs_iso device-config:location=nas.invalid:/isos",
                "ISO images on SMB; Share=//nas.invalid/isos, User name=joe, Password=sesame;"
                        + " type=iso content-type=iso shared=true device-config:type=cifs device-config:location=//nas.invalid/isos"
                        + " device-config:username=joe",
            })
    void eachTypeOfStorageHasItsForm(String type, String fields, String expected) throws Exception {
        page("#/storage");
        browser.press("New storage");
        browser.pick("Type", type);
        browser.fill("Name", "mine");
        for (String field : fields.split(", ")) {
            browser.fill(field.split("=")[0], field.split("=")[1]);
        }
        browser.press("Create");
        browser.await("document.querySelector('dialog [role=alert] code')");
        browser.press("Cancel");
        browser.press("Show the calls");
        String shown = text("#calls .action pre");
        browser.press("Show the calls");
        assertThat(shown)
                .startsWith("xe sr-create")
                .contains(expected.split(" "))
                .doesNotContain("sesame");
        assertThat(calls.list("SR.get_by_name_label", "mine")).isEmpty();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void anExportShowsHowFarItIs(@TempDir Path folder) throws Exception {
        String vm = calls.first("VM.get_by_name_label", "large");
        String disk = calls.text("VBD.get_VDI", calls.first("VM.get_VBDs", vm));
        byte[] data = new byte[6 << 20];
        new Random(1).nextBytes(data);
        HttpResponse<String> written = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(daemon.http() + "import_raw_vdi?session_id=" + calls.session()
                                        + "&vdi=" + disk))
                                .PUT(HttpRequest.BodyPublishers.ofByteArray(data))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(written.statusCode()).isEqualTo(200);
        browser.saveIn(folder);
        openVm("large");
        browser.press("Export");
        page("#/tasks");
        browser.await("(part => part > 0 && part < 1)(document.querySelector('progress')?.value)");
        browser.screenshot(Path.of("target", "screenshots", "export.png"));
        browser.await("!document.querySelector('progress')");
        Eventually.holds(() -> assertThat(folder.resolve("export.xva")).isNotEmptyFile());
        assertThat(Files.size(folder.resolve("export.xva"))).isGreaterThan(data.length);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void theControlDomainHasAConsoleForItsAdministrators() throws Exception {
        page("#/host/" + calls.text("host.get_uuid", calls.first("host.get_by_name_label", "alpha")));
        browser.press("Console");
        String terminal = "document.querySelector('.xterm-rows')?.innerText.replace(/\\u00a0/g, ' ')";
        browser.await(terminal + "?.includes('login:')");
        assertThat(browser.complaints()).isEmpty();
    }

    /** The host has no iSCSI, so the page finds invented targets, and the last call fails. */
    @Test
    void anIscsiTargetAndItsLunAreFoundAndAUsedLunIsNotTaken() throws Exception {
        page("#/storage");
        browser.eval(FOUND);
        browser.press("Show the calls");
        browser.press("New storage");
        browser.pick("Type", "iSCSI");
        browser.fill("Name", "SAN");
        browser.fill("Server", "10.0.0.9");
        browser.fill("CHAP user", "joe");
        browser.fill("CHAP password", "sesame");
        browser.press("Find targets");
        browser.pick("Target", "iqn.2026-11.org.example:disks");
        browser.press("Find LUNs");
        browser.pick("LUN", "LUN 1, 1 GiB, IET 36001");
        browser.press("Create");
        browser.await(
                "document.querySelector('dialog [role=alert]')?.innerText.includes('9d4ed8ab-1d5e-4a3f-8a7c-0c1f5a3b2e11')");
        browser.pick("LUN", "LUN 2, 2 GiB, IET 36002");
        browser.await("!document.querySelector('dialog [role=alert]')");
        browser.screenshot(Path.of("target", "screenshots", "iscsi.png"));
        browser.press("Create");
        browser.await("document.querySelector('dialog [role=alert] code')");
        assertThat(text("#calls"))
                .contains(
                        "device-config:SCSIid=36002",
                        "\"targetIQN\":\"iqn.2026-11.org.example:disks\"",
                        "\"chapuser\":\"joe\"")
                .doesNotContain("sesame");
        browser.press("Cancel");
        assertThat(browser.complaints()).isEmpty();
        // Without this answer, the calls are the host's again.
        browser.open(daemon.http() + "?real");
        browser.await("document.querySelector('.list')");
    }
}
