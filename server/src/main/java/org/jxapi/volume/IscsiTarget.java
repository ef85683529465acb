package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.iscsi.IscsiException;
import org.jxapi.iscsi.Offer;
import org.jxapi.iscsi.Portal;
import org.jxapi.volume.ScsiDisks.Disk;

/**
 * The iSCSI target of a repository.
 *
 * @param access how to get there
 * @param iqn its name; {@value #ALL} for all targets that the portal offers
 * @param user the repository, among those that share the session
 */
record IscsiTarget(IscsiAccess access, String iqn, String user) {
    /** XenServer offers this name in addition to those of a portal's targets. */
    static final String ALL = "*";

    private static final long LOOK_MILLIS = 200;
    private static final Pattern IQN = Pattern.compile("(?i)(iqn|eui|naa)\\.[a-z0-9.:_-]{1,219}");

    /** The target that the settings lead to, which may have no name yet; touches nothing. */
    static IscsiTarget of(Settings settings, IscsiHost host) {
        String iqn = settings.device("targetIQN");
        if (!iqn.isEmpty() && !iqn.equals(ALL) && !IQN.matcher(iqn).matches()) {
            throw SmFailure.IQN_MISSING.error("'" + iqn + "' is no name of an iSCSI target");
        }
        String user = settings.uuid().isEmpty() ? "probe " + UUID.randomUUID() : settings.uuid();
        return new IscsiTarget(IscsiAccess.of(settings, host), iqn, user);
    }

    /** Makes its LUNs appear; returns whether the repository did not use it yet. */
    boolean connect() {
        boolean fresh = false;
        boolean complete = false;
        try {
            for (String name : names()) {
                fresh |= access.host().sessions().use(user, name, access::portal, access.chap());
            }
            complete = true;
            return fresh;
        } catch (IOException e) {
            throw failure(e);
        } finally {
            if (fresh && !complete) {
                disconnect();
            }
        }
    }

    private Set<String> names() throws IOException {
        if (!iqn.equals(ALL)) {
            return Set.of(iqn);
        }
        Set<String> names = new LinkedHashSet<>();
        access.host().sessions().discover(access.portal(), access.chap()).forEach(offer -> names.add(offer.iqn()));
        if (names.isEmpty()) {
            throw SmFailure.ISCSI_DISCOVERY.error(access.portal() + " offers this host no target");
        }
        return names;
    }

    /** Ends the use of the target. Its LUNs disappear, unless others need them. */
    void disconnect() {
        try {
            for (String name : iqn.equals(ALL) ? access.host().sessions().usedBy(user) : Set.of(iqn)) {
                access.host().sessions().release(user, name, () -> isUsed(name));
            }
        } catch (IOException e) {
            throw SmFailure.ISCSI_QUERY.error(e);
        }
    }

    private boolean isUsed(String name) throws IOException {
        for (Disk disk : access.host().disks().of(Set.of(name))) {
            if (!Files.exists(disk.path())) {
                continue;
            }
            BlockDevice device = BlockDevice.named(disk.path().toString());
            if (device.hasGuest()) {
                return true;
            }
            try {
                device.refuseUsed();
            } catch (XenApiException e) {
                return true;
            }
        }
        return false;
    }

    /** The LUNs that have devices now. */
    List<Disk> present() throws IOException {
        return access.host().disks().of(access.host().sessions().usedBy(user));
    }

    /** Makes LUNs appear that are newer than the session. */
    void rescan() throws IOException {
        for (String name : access.host().sessions().usedBy(user)) {
            access.host().sessions().rescan(name);
        }
    }

    /** Its LUNs, once the kernel has a device of each that it has found. The target must be connected. */
    List<Disk> luns() {
        return await(access.host().sessions().usedBy(user), disks -> !disks.isEmpty());
    }

    /** The paths to its LUN of that SCSI id; none when it has none. The target must be connected. */
    List<Disk> lun(String scsiId) {
        try {
            Predicate<List<Disk>> there =
                    disks -> disks.stream().anyMatch(disk -> disk.scsiId().equals(scsiId));
            if (!there.test(present())) {
                rescan();
            }
            return await(access.host().sessions().usedBy(user), there).stream()
                    .filter(disk -> disk.scsiId().equals(scsiId))
                    .toList();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private List<Disk> await(Set<String> targets, Predicate<List<Disk>> enough) {
        long end = System.nanoTime() + access.host().appear().toNanos();
        try {
            List<Disk> disks = access.host().disks().of(targets);
            while (System.nanoTime() < end && !(access.host().disks().settled(targets) && enough.test(disks))) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                disks = access.host().disks().of(targets);
            }
            return disks;
        } catch (IOException e) {
            throw SmFailure.EIO.error(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SmFailure.ISCSI_DEVICE.error("interrupted").causedBy(e);
        }
    }

    /** The targets that the portal offers, in the XML of BaseISCSI.py of XenServer. */
    String targets() {
        Portal portal = access.portal();
        List<Offer> offers = new ArrayList<>();
        try {
            offers.addAll(access.host().sessions().discover(portal, access.chap()));
        } catch (IOException e) {
            throw failure(e);
        }
        offers.add(new Offer(portal, "0", ALL));
        XmlText xml = new XmlText("iscsi-target-iqns");
        for (int i = 0; i < offers.size(); i++) {
            Offer offer = offers.get(i);
            xml.open("TGT").text("Index", Integer.toString(i));
            xml.text("IPAddress", offer.portal().address());
            if (offer.portal().port() != Portal.USUAL_PORT) {
                xml.text("Port", Integer.toString(offer.portal().port()));
            }
            xml.text("TargetIQN", offer.iqn()).close();
        }
        return xml.end();
    }

    /** The LUNs of the target, in the XML of LVHDoISCSISR.py of XenServer. */
    String choices() {
        boolean fresh = connect();
        try {
            XmlText xml = new XmlText("iscsi-target");
            Set<String> seen = new LinkedHashSet<>();
            for (Disk lun : luns()) {
                if (seen.add(lun.scsiId())) {
                    xml.open("LUN");
                    facts(lun).forEach(xml::text);
                    xml.close();
                }
            }
            return xml.end();
        } finally {
            if (fresh) {
                disconnect();
            }
        }
    }

    /** The facts about a LUN that its server reports. */
    private static Map<String, String> facts(Disk lun) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("vendor", lun.vendor());
        facts.put("serial", lun.serial());
        facts.put("LUNid", lun.lun());
        facts.put("size", Long.toString(lun.bytes()));
        facts.put("SCSIid", lun.scsiId());
        facts.values().removeIf(String::isEmpty);
        return facts;
    }

    /** The error of XenServer's storage managers for a failure of the initiator. */
    private static RuntimeException failure(IOException e) {
        if (!(e instanceof IscsiException failed)) {
            return SmFailure.ISCSI_QUERY.error(e);
        }
        SmFailure failure = switch (failed.kind()) {
            case DAEMON -> SmFailure.ISCSI_DAEMON;
            case DISCOVERY, LOGIN -> SmFailure.ISCSI_LOGIN;
            case NO_TARGET -> SmFailure.ISCSI_DISCOVERY;
            case LOGOUT -> SmFailure.ISCSI_QUERY;
        };
        return failure.error(e);
    }
}
