package org.jxapi.volume;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.xenapi.ImageFormatType;

/** A type of storage repositories. One instance serves all repositories of its type, and remembers none of them. */
public interface Driver {
    /** {@code SR.type}, in lower case. */
    String type();

    String label();

    String description();

    /** Where it comes from; null if it is a part of jxapi. */
    default @Nullable Origin origin() {
        return null;
    }

    /** Its abilities, in the words of XenServer's storage managers. The SM object publishes them; others are refused. */
    List<String> features();

    /** The keys of {@code PBD.device_config}, each with its meaning. */
    Map<String, String> configuration();

    /** The formats that its volumes can have. */
    default List<ImageFormatType> formats() {
        return List.of(ImageFormatType.RAW);
    }

    /** The repository that these settings lead to. Touches nothing; fails when the settings lead nowhere. */
    Repository repository(Settings settings);

    /** What {@code SR.create} adds to {@code SR.sm_config}. */
    default Map<String, String> smConfig(Settings settings) {
        return Map.of();
    }

    /** The repositories that are there already; a failure when the place cannot be reached, or a setting is missing. */
    default Probe probe(Settings settings) {
        return Probe.of(repository(settings));
    }

    /**
     * The answer of a probe.
     *
     * @param found the repositories
     * @param versions the versions of the protocol that the server speaks, if that was asked
     */
    record Probe(List<Found> found, List<String> versions) {
        /** A repository that has no UUID, if it has volumes. */
        static Probe of(Repository repository) {
            repository.attach();
            if (repository.volumes().isEmpty()) {
                return new Probe(List.of(), List.of());
            }
            Usage usage = repository.usage();
            Found found = new Found("", usage, Map.of("size", Long.toString(usage.size())));
            return new Probe(List.of(found), List.of());
        }
    }

    /**
     * A repository that a probe has found.
     *
     * @param uuid its UUID; empty when the place does not tell
     * @param usage its space; null when it must be attached to know
     * @param details further elements for the XML of {@code SR.probe}, in their order
     */
    record Found(String uuid, @Nullable Usage usage, Map<String, String> details) {
        /** One of which only the UUID is known. */
        static Found named(String uuid) {
            return new Found(uuid, null, Map.of());
        }
    }
}
