package org.jxapi.volume;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The lease of a volume group: a tag {@code jxapi-lease.TEXT} of the group, where TEXT is that of a {@link Holder} in the
 * alphabet of Base64 for URLs. Two hosts may add tags at the same time, so of several tags the first in the order of the alphabet
 * counts.
 */
record LeaseTag(LinearVolumes volumes) implements Leased {
    private static final String TAG = "jxapi-lease.";

    private List<String> tags() throws IOException {
        return new TreeSet<>(volumes.group().tags())
                .stream().filter(tag -> tag.startsWith(TAG)).toList();
    }

    @Override
    public Optional<Holder> holder() throws IOException {
        return tags().stream().findFirst().map(LeaseTag::read);
    }

    private static Holder read(String tag) {
        try {
            byte[] text = Base64.getUrlDecoder().decode(tag.substring(TAG.length()));
            return Holder.read(new String(text, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Holder.UNKNOWN;
        }
    }

    private static String tag(Holder holder) {
        return TAG
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(holder.text().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean lease(Holder holder) throws IOException {
        if (tags().isEmpty()) {
            volumes.tag(tag(holder));
            volumes.group().lvm().settle();
        }
        boolean ours = holder().filter(present -> present.is(holder)).isPresent();
        if (!ours && tags().contains(tag(holder))) {
            volumes.untag(tag(holder));
        }
        return ours;
    }

    @Override
    public void breakLease(Holder by) throws IOException {
        String own = tag(by);
        List<String> others = tags().stream().filter(tag -> !tag.equals(own)).toList();
        volumes.tag(own);
        for (String other : others) {
            volumes.untag(other);
        }
    }

    @Override
    public void release(Holder holder) throws IOException {
        if (tags().contains(tag(holder))) {
            volumes.untag(tag(holder));
        }
    }
}
