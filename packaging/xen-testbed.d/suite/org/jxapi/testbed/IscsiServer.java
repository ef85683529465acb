package org.jxapi.testbed;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A target of tgt in dom0, with two LUNs, that knows its initiators by CHAP. */
final class IscsiServer implements StorageTypes.Ground {
    static final String IQN = "iqn.2026-11.org.example:disks";
    private static final String PASSWORD = "secretsecret12";

    private final String address;
    private final String type;
    private final List<String> more;

    /**
     * @param address of dom0
     * @param type the type of the repositories that are made on it
     * @param more further words for {@code xe sr-create}
     */
    IscsiServer(String address, String type, String... more) {
        this.address = address;
        this.type = type;
        this.more = List.of(more);
    }

    /** Starts the target; returns the words of an SR on all that it has. */
    List<String> start() {
        Command.run("sh", "-ec", "modprobe iscsi_tcp; pidof iscsid >/dev/null || iscsid; pidof tgtd >/dev/null || tgtd\n"
                + "for try in 1 2 3 4 5 6 7 8 9 10; do tgtadm --op show --mode target >/dev/null 2>&1 && break; sleep 1; done\n"
                + "truncate -s 1G /root/lun1; truncate -s 64M /root/lun2\n"
                + "tgtadm --lld iscsi --op new --mode target --tid 1 -T " + IQN + "\n"
                + "for lun in 1 2; do tgtadm --lld iscsi --op new --mode logicalunit --tid 1 --lun $lun -b /root/lun$lun; done\n"
                + "tgtadm --lld iscsi --op bind --mode target --tid 1 -I ALL\n"
                + "tgtadm --lld iscsi --op new --mode account --user joe --password " + PASSWORD + "\n"
                + "tgtadm --lld iscsi --op bind --mode account --tid 1 --user joe");
        List<String> words = new ArrayList<>(List.of("device-config:target=" + address, "device-config:chapuser=joe",
                "device-config:chappassword=" + PASSWORD));
        words.add("device-config:targetIQN=" + choice("96", "TargetIQN", words));
        return words;
    }

    /** As administrators find the LUN: each probe names the next choice. */
    @Override
    public List<String> make() {
        List<String> words = start();
        words.add("device-config:SCSIid=" + choice("107", "SCSIid", words));
        Checks.expectEqual("", sessions(), "sessions after the probes");
        words.addAll(more);
        return words;
    }

    /** The first value of that name in the error of a probe. */
    private String choice(String number, String name, List<String> words) {
        List<String> all = new ArrayList<>(List.of("sr-probe", "type=" + type));
        all.addAll(words);
        try {
            Command.xe(all.toArray(String[]::new));
        } catch (Command.Failed e) {
            Matcher found = Pattern.compile("<" + name + ">([^<]+)<").matcher(e.getMessage());
            Checks.expect(e.getMessage().contains("SR_BACKEND_FAILURE_" + number) && found.find(), e.getMessage());
            return found.group(1);
        }
        throw new AssertionError("the probe for " + name + " succeeded");
    }

    @Override
    public boolean canStop() {
        return true;
    }

    /** Falls silent, as with a pulled cable. The kernel notices after seconds. */
    @Override
    public void stop() {
        Command.run("sh", "-ec", "nft add table inet silent\n"
                + "nft 'add chain inet silent out { type filter hook output priority 0; }'\n"
                + "nft add rule inet silent out tcp dport 3260 drop\nnft add rule inet silent out tcp sport 3260 drop\n"
                + "for try in $(seq 60); do grep -qx blocked /sys/block/*/device/state && exit; sleep 1; done; exit 1");
    }

    @Override
    public void restart() {
        Command.run("nft", "delete", "table", "inet", "silent");
    }

    private static String sessions() {
        return Command.shell("cat /sys/class/iscsi_session/*/targetname 2>/dev/null");
    }

    @Override
    public void remove() {
        String sessions = sessions();
        String records = Command.shell("find /etc/iscsi/nodes /etc/iscsi/send_targets -type f 2>/dev/null");
        Command.shell("nft delete table inet silent; tgtadm --lld iscsi --op delete --mode target --tid 1 --force; tgtadm --op delete --mode system;"
                + " iscsiadm -k 0; rm -rf /root/lun1 /root/lun2 /etc/iscsi/nodes /etc/iscsi/send_targets");
        Checks.expectEqual("", sessions, "sessions after the end");
        Checks.expectEqual("", records, "records after the end");
    }
}
