package org.jxapi.session;

import java.util.AbstractList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.RandomAccess;
import java.util.Set;

/** Labels of permissions, each once. Unlike other lists, it finds one without reading all: every call asks. */
final class PermissionList extends AbstractList<String> implements RandomAccess {
    private final List<String> labels;
    private final Set<String> set;

    PermissionList(Collection<String> labels) {
        this.set = Set.copyOf(labels);
        this.labels = List.copyOf(new LinkedHashSet<>(labels));
    }

    @Override
    public String get(int index) {
        return labels.get(index);
    }

    @Override
    public int size() {
        return labels.size();
    }

    @Override
    public boolean contains(Object label) {
        return set.contains(label);
    }
}
