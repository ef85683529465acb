package org.jxapi.storage;

import org.jxapi.datamodel.Ref;
import org.jxapi.operation.Claim;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiOperations;

/** The claims of storage operations on repositories and disks, with the rules of each. */
final class Claims {
    private Claims() {}

    static Claim of(Ref<SR> sr, StorageOperations operation) {
        return Claim.of(sr, operation, tx -> SrRules.check(tx, sr, operation));
    }

    static Claim of(Ref<VDI> vdi, VdiOperations operation) {
        return Claim.of(vdi, operation, tx -> VdiRules.check(tx, vdi, operation));
    }
}
