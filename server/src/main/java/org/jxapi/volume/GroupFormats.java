package org.jxapi.volume;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The choice of how disks are kept in a volume group: the one place in which every driver of volume groups asks. Thin volumes are
 * for one host, and chains of qcow2 images in thick volumes for all hosts of a pool. {@code SR.sm_config} says which.
 */
public final class GroupFormats {
    /** The key of {@code SR.sm_config}, as XenServer has it. */
    public static final String ALLOCATION = "allocation";

    public static final String THICK = "thick";
    static final String THIN = "thin";

    private static final Set<String> TYPES = Set.of("lvm", "lvmohba", "lvmoiscsi");
    /** A chain in thick volumes has room for all its data. */
    private static final Set<String> NOT_THICK = Set.of("THIN_PROVISIONING");

    /** Sizes of disks are whole MiB. */
    private static final long EXTENT = 1 << 20;

    private static final Lvm LVM = Lvm.ofThisHost();

    private final LiveDisks live;
    private final GroupChanges changes;
    private final Mounts links;
    private final Turns turns = new Turns();
    private final Merges merges = new Merges();
    /** How the groups are kept whose SRs do not say it, by the UUIDs of these. */
    private final Map<String, String> found = new ConcurrentHashMap<>();

    /**
     * @param changes changes groups that several hosts use
     * @param links has the folders in which programs find the volumes
     */
    public GroupFormats(LiveDisks live, GroupChanges changes, Mounts links) {
        this.live = live;
        this.changes = changes;
        this.links = links;
    }

    /**
     * The features that a repository lacks, and others of its type have; none for types without volume groups.
     *
     * @param smConfig its {@code SR.sm_config}; without the allocation, only what both ways have counts
     */
    public static Set<String> lacking(String type, Map<String, String> smConfig) {
        if (!TYPES.contains(type)) {
            return Set.of();
        }
        return smConfig.getOrDefault(ALLOCATION, "").equals(THIN) ? Set.of() : NOT_THICK;
    }

    static Lvm lvm() {
        return LVM;
    }

    /** What {@code SR.create} adds to {@code SR.sm_config}; SR_BACKEND_FAILURE_50 for another allocation than thin and thick. */
    Map<String, String> smConfig(Settings settings) {
        String wanted = settings.smConfig().getOrDefault(ALLOCATION, THIN);
        if (!wanted.equals(THIN) && !wanted.equals(THICK)) {
            throw SmFailure.LVM_CREATE.error("sm_config:allocation is '" + wanted + "'; it can be thin or thick");
        }
        return Map.of(ALLOCATION, wanted);
    }

    /** The repository in a group, which need not be there yet. */
    Repository repository(Settings settings, GroupDevices devices) {
        VolumeGroup group = VolumeGroup.of(LVM, settings.uuid());
        String allocation = settings.smConfig().getOrDefault(ALLOCATION, "");
        if (allocation.isEmpty()) {
            allocation = found.getOrDefault(settings.uuid(), "");
        }
        return switch (allocation) {
            case THIN -> new ThinVolumes(group, devices, turns, EXTENT);
            case THICK -> layers(group, settings.uuid(), devices);
            default -> unknown(group, settings.uuid(), devices);
        };
    }

    private Repository layers(VolumeGroup group, String sr, GroupDevices devices) {
        LinearVolumes volumes = LinearVolumes.of(group, sr, changes);
        return new LayerVolumes(volumes, devices, links.at(sr), EXTENT, sr, live, merges);
    }

    /** An SR that was introduced does not say how its group is kept, so the first attach looks. */
    private Repository unknown(VolumeGroup group, String sr, GroupDevices devices) {
        Repository thin = new ThinVolumes(group, devices, turns, EXTENT);
        return WatchedRepository.choosing(thin, () -> {
            devices.connect();
            try {
                boolean thick = group.hasLayers();
                found.put(sr, thick ? THICK : THIN);
                return thick ? layers(group, sr, devices) : thin;
            } catch (IOException e) {
                throw SmFailure.SR_UNAVAILABLE.error(e);
            } finally {
                devices.disconnect();
            }
        });
    }
}
