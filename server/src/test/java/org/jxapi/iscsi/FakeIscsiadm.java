package org.jxapi.iscsi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jxapi.program.Program;

/**
 * iscsiadm of Debian 12 (open-iscsi 2.1.8) with one portal, in the words and with the exit statuses that it had in the test
 * bed's dom0, and the kernel's folders for its sessions. The program that runs it has no right to have a session otherwise.
 */
public final class FakeIscsiadm implements Iscsiadm {
    private static final String RECORD =
            "# BEGIN RECORD 2.1.8\nnode.startup = manual\n%s.authmethod = None\n# END RECORD\n";

    private final Path root;
    private final String portal;
    private final Map<String, List<String>> targets = new LinkedHashMap<>();
    private final List<String> commands = new ArrayList<>();
    private final List<String> faces = new ArrayList<>();
    private String account = "";
    private boolean daemon = true;
    private int sessions;

    /** @param root a new folder, for records in {@code etc} and the kernel's devices in {@code sys} */
    public FakeIscsiadm(Path root, int port) throws IOException {
        this.root = root;
        this.portal = "127.0.0.1:" + port;
        Files.createDirectories(sys().resolve("block"));
        Files.createDirectories(sys().resolve("class/iscsi_session"));
        Files.createDirectories(sys().resolve("class/scsi_device"));
        Files.createDirectories(root.resolve("etc"));
    }

    public Path sys() {
        return root.resolve("sys");
    }

    /** Adds a target with LUNs of these SCSI ids, in the kernel's form. */
    public void offer(String iqn, String... wwids) {
        targets.put(iqn, new ArrayList<>(List.of(wwids)));
    }

    /** Adds a LUN that no session knows yet. */
    public void add(String iqn, String wwid) {
        targets.get(iqn).add(wwid);
    }

    /** From now on the targets require CHAP: {@code USER PASSWORD}. */
    public void require(String userAndPassword) {
        account = userAndPassword;
    }

    public void stopDaemon() {
        daemon = false;
    }

    /** All commands that have run, without the name of the program. */
    public List<String> commands() {
        return List.copyOf(commands);
    }

    /** A session that another program begins. */
    public void beginByHand(String iqn) throws IOException {
        begin(iqn, "default");
    }

    @Override
    public List<Path> folders() {
        return List.of(root.resolve("none"), root.resolve("etc"));
    }

    @Override
    public Program.Result run(List<String> arguments) throws IOException {
        commands.add(String.join(" ", arguments));
        if (!daemon) {
            return failed(20, "iscsiadm: can not connect to iSCSI daemon (111)!\n");
        }
        return switch (arguments.get(1)) {
            case "iface" -> face(arguments);
            case "discoverydb" -> discovery(arguments);
            default -> node(arguments);
        };
    }

    private static Program.Result done(String output) {
        return new Program.Result(0, output, "");
    }

    private static Program.Result failed(int status, String errors) {
        return new Program.Result(status, "", errors.strip());
    }

    private Program.Result face(List<String> arguments) {
        if (arguments.contains("new")) {
            faces.add("");
            return done("New interface jxapi added\n");
        }
        if (faces.isEmpty()) {
            return failed(7, "iscsiadm: Could not read iface info for jxapi.");
        }
        if (arguments.contains("update")) {
            faces.set(0, arguments.get(arguments.size() - 1));
            return done("jxapi updated.\n");
        }
        return done("# BEGIN RECORD 2.1.8\niface.initiatorname = " + faces.get(0) + "\n# END RECORD\n");
    }

    private Path discoveryRecord() {
        return root.resolve("etc/send_targets")
                .resolve(portal.replace(':', ','))
                .resolve("st_config");
    }

    private Program.Result discovery(List<String> arguments) throws IOException {
        if (!arguments.get(5).equals(portal)) {
            return failed(
                    11,
                    "iscsiadm: cannot make connection to 127.0.0.1: Connection refused\n"
                            + "iscsiadm: cannot make connection to 127.0.0.1: Connection refused\n"
                            + "iscsiadm: Could not perform SendTargets discovery: iSCSI PDU timed out");
        }
        if (arguments.contains("--discover")) {
            return refused(discoveryRecord(), "discovery.sendtargets.auth")
                    ? failed(
                            24,
                            "iscsiadm: Login failed to authenticate with target \n"
                                    + "iscsiadm: discovery login to 127.0.0.1 rejected: initiator failed authorization\n"
                                    + "iscsiadm: Could not perform SendTargets discovery: iSCSI login failed due to"
                                    + " authorization failure")
                    : done(offers());
        }
        if (arguments.contains("new")) {
            write(discoveryRecord(), "discovery.sendtargets.auth");
        } else {
            Files.delete(discoveryRecord());
        }
        return done("");
    }

    private String offers() {
        StringBuilder text = new StringBuilder();
        targets.keySet()
                .forEach(iqn -> text.append(portal).append(",1 ").append(iqn).append('\n'));
        return text.toString();
    }

    private static void write(Path record, String prefix) throws IOException {
        Files.createDirectories(record.getParent());
        Files.writeString(record, RECORD.formatted(prefix));
    }

    private boolean refused(Path record, String prefix) throws IOException {
        if (account.isEmpty()) {
            return false;
        }
        List<String> lines = Files.readAllLines(record);
        String[] words = account.split(" ");
        return !lines.contains(prefix + ".authmethod = CHAP")
                || lines.contains(prefix + ".authmethod = None")
                || !lines.contains(prefix + ".username = " + words[0])
                || !lines.contains(prefix + ".password = " + words[1]);
    }

    private Program.Result node(List<String> arguments) throws IOException {
        String iqn = arguments.get(3);
        Path record = root.resolve("etc/nodes")
                .resolve(iqn)
                .resolve(portal.replace(':', ',') + ",1")
                .resolve("jxapi");
        if (arguments.contains("new")) {
            write(record, "node.session.auth");
        } else if (arguments.contains("delete")) {
            Files.deleteIfExists(record);
        } else if (arguments.contains("--rescan")) {
            rescan(iqn);
        } else if (arguments.contains("--logout")) {
            if (session(iqn) == null) {
                return failed(21, "iscsiadm: No matching sessions found");
            }
            end(iqn);
        } else if (refused(record, "node.session.auth")) {
            return failed(
                    24,
                    "iscsiadm: Could not login to [iface: jxapi, target: " + iqn + ", portal: 127.0.0.1,3260].\n"
                            + "iscsiadm: initiator reported error (24 - iSCSI login failed due to authorization failure)\n"
                            + "iscsiadm: Could not log into all portals");
        } else {
            begin(iqn, "jxapi");
        }
        return done("");
    }

    private Path session(String iqn) throws IOException {
        try (Stream<Path> list = Files.list(sys().resolve("class/iscsi_session"))) {
            for (Path session : list.toList()) {
                if (Files.readString(session.resolve("targetname")).strip().equals(iqn)) {
                    return session;
                }
            }
        }
        return null;
    }

    private void begin(String iqn, String face) throws IOException {
        sessions++;
        Path session = Files.createDirectories(sys().resolve("class/iscsi_session/session" + sessions));
        Files.writeString(session.resolve("targetname"), iqn + "\n");
        Files.writeString(session.resolve("ifacename"), face + "\n");
        Path device = devices(sessions);
        Path own = Files.createDirectories(device.resolve("iscsi_session/session" + sessions));
        Files.writeString(own.resolve("targetname"), iqn + "\n");
        rescan(iqn);
    }

    private Path devices(int session) {
        return sys().resolve("devices/platform/host" + session + "/session" + session);
    }

    private void rescan(String iqn) throws IOException {
        Path session = session(iqn);
        int number = Integer.parseInt(session.getFileName().toString().substring("session".length()));
        List<String> wwids = targets.get(iqn);
        for (int i = 0; i < wwids.size(); i++) {
            String address = number + ":0:0:" + (i + 1);
            Path device = devices(number).resolve("target" + number + ":0:0").resolve(address);
            if (!Files.exists(device)) {
                lun(device, address, wwids.get(i), "xsd" + number + "x" + i);
            }
        }
    }

    private void lun(Path device, String address, String wwid, String name) throws IOException {
        Path block = Files.createDirectories(device.resolve("block").resolve(name));
        Files.writeString(device.resolve("wwid"), wwid + "\n");
        Files.writeString(device.resolve("type"), "0\n");
        Files.writeString(device.resolve("vendor"), "IET     \n");
        byte[] page = "\0x\0\10beaf11  ".getBytes(StandardCharsets.US_ASCII);
        page[1] = (byte) 0x80;
        Files.write(device.resolve("vpd_pg80"), page);
        Files.writeString(block.resolve("size"), "614400\n");
        Files.createSymbolicLink(block.resolve("device"), device);
        Files.createSymbolicLink(sys().resolve("block").resolve(name), block);
        Path entry = Files.createDirectories(sys().resolve("class/scsi_device").resolve(address));
        Files.createSymbolicLink(entry.resolve("device"), device);
    }

    private void end(String iqn) throws IOException {
        Path session = session(iqn);
        String number = session.getFileName().toString().substring("session".length());
        delete(session);
        delete(devices(Integer.parseInt(number)));
        for (String folder : Arrays.asList("block", "class/scsi_device")) {
            try (Stream<Path> list = Files.list(sys().resolve(folder))) {
                for (Path entry : list.toList()) {
                    String name = entry.getFileName().toString();
                    if (name.startsWith("xsd" + number + "x") || name.startsWith(number + ":")) {
                        delete(entry);
                    }
                }
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
