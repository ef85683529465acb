package org.jxapi.vm;

import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmSecurebootCertificatesState;
import org.jxapi.xenapi.VmSecurebootReadiness;

/** Secure boot of UEFI guests, as far as records show it. */
final class SecureBoot {
    private SecureBoot() {}

    /** The error of a change of a VM's keys. XAPI gives it too, on a host without its program varstore-sb-state. */
    static XenApiException noKeys(Row<VM> row) {
        return Errors.internalError(
                "VM " + row.get(VM.UUID)
                        + " has no Secure Boot keys to change: this host has no varstore-sb-state, as libxl keeps no EFI variables");
    }

    static VmSecurebootReadiness readiness(Row<VM> row) {
        if (!"uefi".equals(row.get(VM.HVM_BOOT_PARAMS).get("firmware"))) {
            return VmSecurebootReadiness.NOT_SUPPORTED;
        }
        if (!VmConstraints.isTrue(row.get(VM.PLATFORM), "secureboot")) {
            return VmSecurebootReadiness.DISABLED;
        }
        return row.get(VM.NVRAM).containsKey("EFI-variables")
                ? VmSecurebootReadiness.SETUP_MODE
                : VmSecurebootReadiness.FIRST_BOOT;
    }

    /** Marks or unmarks the certificates for an update; OPERATION_NOT_ALLOWED when they are up to date. */
    static void updateOnBoot(Transaction tx, Ref<VM> self, boolean mark) {
        VmSecurebootCertificatesState state = tx.get(self, VM.SECUREBOOT_CERTIFICATES_STATE);
        if (state == VmSecurebootCertificatesState.OK) {
            throw Errors.operationNotAllowed("Cannot " + (mark ? "set" : "clear")
                    + " update_on_boot: VM.secureboot_certificates_state is not in a valid state");
        }
        tx.set(
                self,
                VM.SECUREBOOT_CERTIFICATES_STATE,
                mark ? VmSecurebootCertificatesState.UPDATE_ON_BOOT : VmSecurebootCertificatesState.UPDATE_AVAILABLE);
    }
}
