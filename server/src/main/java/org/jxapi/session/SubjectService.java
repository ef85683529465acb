package org.jxapi.session;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Role;
import org.jxapi.xenapi.Subject;
import org.jxapi.xenapi.SubjectMessages;

/**
 * The messages of class subject. There is no external directory, which XAPI asks about every new subject: so there are
 * only subjects that an earlier version has made, and nobody but root logs in, whatever roles they have.
 */
public final class SubjectService implements SubjectMessages<Call> {
    private final Store store;

    public SubjectService(Store store) {
        this.store = store;
    }

    public void bind(MessageTable<Call> table) {
        SubjectMessages.bind(table, this);
        table.bindCreate(Subject.XEN_CLASS, (call, row) -> create(row));
    }

    private Ref<Subject> create(Row<Subject> given) {
        String identifier = given.get(Subject.SUBJECT_IDENTIFIER);
        for (Stored<Subject> subject : store.snapshot().all(Subject.XEN_CLASS)) {
            if (subject.row().get(Subject.SUBJECT_IDENTIFIER).equals(identifier)) {
                throw Errors.subjectAlreadyExists();
            }
        }
        throw Errors.authIsDisabled();
    }

    @Override
    public void addToRoles(Call call, Ref<Subject> self, Ref<Role> role) {
        if (Roles.all().find(role).isEmpty()) {
            throw Errors.roleNotFound();
        }
        store.change(tx -> {
            List<Ref<Role>> has = new ArrayList<>(tx.get(self, Subject.ROLES));
            if (has.contains(role)) {
                throw Errors.roleAlreadyExists();
            }
            has.add(role);
            tx.set(self, Subject.ROLES, List.copyOf(has));
        });
    }

    @Override
    public void removeFromRoles(Call call, Ref<Subject> self, Ref<Role> role) {
        store.change(tx -> {
            List<Ref<Role>> has = new ArrayList<>(tx.get(self, Subject.ROLES));
            if (!has.remove(role)) {
                throw Errors.roleNotFound();
            }
            tx.set(self, Subject.ROLES, List.copyOf(has));
        });
    }

    @Override
    public List<String> getPermissionsNameLabel(Call call, Ref<Subject> self) {
        Set<String> names = new LinkedHashSet<>();
        Roles roles = Roles.all();
        store.snapshot().get(self, Subject.ROLES).stream()
                .filter(role -> roles.find(role).isPresent())
                .forEach(role -> roles.permissions(role).forEach(permission -> names.add(roles.label(permission))));
        return List.copyOf(names);
    }
}
