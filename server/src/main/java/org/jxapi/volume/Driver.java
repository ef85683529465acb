package org.jxapi.volume;

import java.util.List;
import java.util.Map;
import org.jxapi.xenapi.ImageFormatType;

/** A type of storage repositories. One instance serves all repositories of its type, and remembers none of them. */
public interface Driver {
    /** {@code SR.type}, in lower case. */
    String type();

    String label();

    String description();

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

    /** The repositories that are there already; a failure when the place cannot be reached, or a setting is missing. */
    default List<Found> probe(Settings settings) {
        Repository repository = repository(settings);
        repository.attach();
        return repository.volumes().isEmpty() ? List.of() : List.of(new Found("", repository.usage()));
    }

    /**
     * A repository that a probe has found.
     *
     * @param uuid its UUID; empty when the place does not tell
     */
    record Found(String uuid, Usage usage) {}
}
