package org.jxapi.session;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Role;
import org.jxapi.xenapi.Subject;
import org.jxapi.xenapi.SubjectMessages;

/**
 * The messages of class subject: users and groups of the directory who may log in. The directory is asked about each new
 * one, which has no role at first, as in XAPI with RBAC.
 */
public final class SubjectService implements SubjectMessages<Call> {
    private final Store store;
    private final ExternalAuth external;

    public SubjectService(Store store, ExternalAuth external) {
        this.store = store;
        this.external = external;
    }

    public void bind(MessageTable<Call> table) {
        SubjectMessages.bind(table, this);
        table.bindCreate(Subject.XEN_CLASS, (call, row) -> create(row.get(Subject.SUBJECT_IDENTIFIER), List.of()));
        table.bindDestroy(Subject.XEN_CLASS, (call, subject) -> destroy(subject));
    }

    /** Makes a user or group of the directory a subject with a role. */
    public void admit(String identifier, String role) {
        List<Ref<Role>> roles = List.of(Roles.all().named(role).orElseThrow(Errors::roleNotFound));
        create(identifier, roles);
    }

    private Ref<Subject> create(String identifier, List<Ref<Role>> roles) {
        refuseKnown(store.snapshot(), identifier);
        Map<String, String> information =
                external.ask(directory -> directory.account(identifier).information());
        return store.transact(tx -> {
            refuseKnown(tx, identifier);
            Revalidation.askAgain(tx);
            return tx.create(Row.of(Subject.XEN_CLASS)
                    .with(Subject.SUBJECT_IDENTIFIER, identifier)
                    .with(Subject.OTHER_CONFIG, information)
                    .with(Subject.ROLES, roles));
        });
    }

    private static void refuseKnown(Snapshot snapshot, String identifier) {
        boolean known = snapshot.all(Subject.XEN_CLASS).stream()
                .anyMatch(
                        subject -> subject.row().get(Subject.SUBJECT_IDENTIFIER).equals(identifier));
        if (known) {
            throw Errors.subjectAlreadyExists();
        }
    }

    private void destroy(Ref<Subject> subject) {
        store.change(tx -> {
            tx.destroy(subject);
            Revalidation.askAgain(tx);
        });
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
            Revalidation.askAgain(tx);
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
            Revalidation.askAgain(tx);
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
