package org.jxapi.domain;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VM;

/**
 * The place of a virtual disk in a guest: a disk, or one partition of a disk that has no other parts. Clients write it as
 * a number ({@code 0} is xvda) or as a name: {@code xvda}, {@code xvda2}, {@code sda0}, {@code hdb}, {@code d3},
 * {@code d3p1}. IDE names are other names of Xen's own disks, as libxl gives those to emulated controllers too.
 *
 * @param disk from 0
 * @param partition from 1; 0 is the whole disk
 */
public record DeviceName(Bus bus, int disk, int partition) {
    /** Where the guest finds the disk, with the prefix of its name and the highest numbers that Xen's interface knows. */
    public enum Bus {
        XEN("xvd", (1 << 20) - 1, 255),
        SCSI("sd", 15, 15);

        private final String prefix;
        private final int maxDisk;
        private final int maxPartition;

        Bus(String prefix, int maxDisk, int maxPartition) {
            this.prefix = prefix;
            this.maxDisk = maxDisk;
            this.maxPartition = maxPartition;
        }
    }

    /** How many numbers are chosen from when the client chooses none. */
    public static final int NUMBERS = 255;

    private static final int LETTERS = 26;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,7}");
    private static final Pattern NAME = Pattern.compile("(xvd|hd|sd)([a-z]{1,5})(\\d{1,3})?");
    private static final Pattern PLAIN = Pattern.compile("d(\\d{1,7})(?:p(\\d{1,3}))?");

    /** The whole disk of that number. */
    public static DeviceName of(int number) {
        return new DeviceName(Bus.XEN, number, 0);
    }

    /** The place that a client means; nothing when there is none of that name. */
    public static Optional<DeviceName> parse(String text) {
        if (NUMBER.matcher(text).matches()) {
            return checked(of(Integer.parseInt(text)));
        }
        Matcher plain = PLAIN.matcher(text);
        if (plain.matches()) {
            return checked(new DeviceName(Bus.XEN, Integer.parseInt(plain.group(1)), number(plain.group(2))));
        }
        Matcher name = NAME.matcher(text);
        if (name.matches()) {
            Bus bus = name.group(1).equals("sd") ? Bus.SCSI : Bus.XEN;
            return checked(new DeviceName(bus, position(name.group(2)), number(name.group(3))));
        }
        return Optional.empty();
    }

    private static Optional<DeviceName> checked(DeviceName name) {
        boolean there = name.disk <= name.bus.maxDisk && name.partition <= name.bus.maxPartition;
        return there ? Optional.of(name) : Optional.empty();
    }

    private static int number(String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private static int position(String letters) {
        int position = 0;
        for (char c : letters.toCharArray()) {
            position = position * LETTERS + (c - 'a' + 1);
        }
        return position - 1;
    }

    /** The name that libxl and the guest know: {@code xvda}, {@code xvdaa1}, {@code sda}. */
    public String vdev() {
        StringBuilder letters = new StringBuilder();
        for (int rest = disk; rest >= 0; rest = rest / LETTERS - 1) {
            letters.insert(0, (char) ('a' + rest % LETTERS));
        }
        return bus.prefix + letters + (partition == 0 ? "" : Integer.toString(partition));
    }

    /** The number that means the same, if it is a whole disk that has one. */
    public Optional<Integer> asNumber() {
        return bus == Bus.XEN && partition == 0 ? Optional.of(disk) : Optional.empty();
    }

    /** The {@link #vdev} of every place that a VM's VBDs take. */
    public static Set<String> used(Snapshot snapshot, Row<VM> vm) {
        Set<String> used = new HashSet<>();
        for (Ref<VBD> vbd : vm.get(VM.VBDS)) {
            for (String name : List.of(snapshot.get(vbd, VBD.USERDEVICE), snapshot.get(vbd, VBD.DEVICE))) {
                parse(name).ifPresent(place -> used.add(place.vdev()));
            }
        }
        return used;
    }
}
