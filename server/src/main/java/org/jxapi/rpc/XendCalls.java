package org.jxapi.rpc;

import java.util.Map;
import java.util.Optional;

/**
 * The calls of xend, which scripts sent to the same path. Those had no session, and answers of another form, so they are
 * not carried out: the fault that they get, in xend's form, names the message of the XenAPI that does the same.
 */
public final class XendCalls {
    private static final String PREFIX = "xend.";
    /** xend's code for a fault that has no other. */
    private static final int CODE = 3;

    private static final Map<String, String> MESSAGES = Map.ofEntries(
            Map.entry("xend.domains", "VM.get_all_records"),
            Map.entry("xend.domains_with_state", "VM.get_all_records"),
            Map.entry("xend.domain", "VM.get_record, after VM.get_by_name_label or VM.get_by_uuid"),
            Map.entry("xend.domain.create", "VM.create and VM.start, or xe vm-import for a configuration of xm"),
            Map.entry("xend.domain.start", "VM.start"),
            Map.entry("xend.domain.new", "VM.create, or xe vm-import for a configuration of xm"),
            Map.entry("xend.domain.delete", "VM.destroy"),
            Map.entry("xend.domain.destroy", "VM.hard_shutdown"),
            Map.entry("xend.domain.shutdown", "VM.clean_shutdown or VM.clean_reboot"),
            Map.entry("xend.domain.reset", "VM.hard_reboot"),
            Map.entry("xend.domain.pause", "VM.pause"),
            Map.entry("xend.domain.unpause", "VM.unpause"),
            Map.entry("xend.domain.suspend", "VM.suspend"),
            Map.entry("xend.domain.save", "VM.suspend"),
            Map.entry("xend.domain.resume", "VM.resume"),
            Map.entry("xend.domain.restore", "VM.resume"),
            Map.entry("xend.domain.migrate", "VM.migrate_send"),
            Map.entry("xend.domain.dump", "VM.get_record, whose actions_after_crash can write a dump"),
            Map.entry("xend.domain.setName", "VM.set_name_label"),
            Map.entry("xend.domain.setMemoryTarget", "VM.set_memory_dynamic_range"),
            Map.entry("xend.domain.maxmem_set", "VM.set_memory_static_max"),
            Map.entry("xend.domain.setVCpuCount", "VM.set_VCPUs_number_live"),
            Map.entry("xend.domain.getVCPUInfo", "VM_metrics.get_record"),
            Map.entry("xend.domain.pincpu", "VM.add_to_VCPUs_params_live with the key mask"),
            Map.entry("xend.domain.domain_sched_credit_get", "VM.get_VCPUs_params"),
            Map.entry("xend.domain.domain_sched_credit_set", "VM.add_to_VCPUs_params_live with the key weight or cap"),
            Map.entry("xend.domain.device_create", "VBD.create and VBD.plug, or VIF.create and VIF.plug"),
            Map.entry("xend.domain.destroyDevice", "VBD.unplug or VIF.unplug"),
            Map.entry("xend.domain.getDeviceSxprs", "VBD.get_all_records or VIF.get_all_records"),
            Map.entry("xend.domain.send_sysrq", "VM.send_sysrq"),
            Map.entry("xend.node.info", "host.get_record, host_cpu.get_all_records and host_metrics.get_record"),
            Map.entry("xend.node.dmesg.info", "host.dmesg"),
            Map.entry("xend.node.dmesg.clear", "host.dmesg_clear"),
            Map.entry("xend.node.log", "host.get_log"),
            Map.entry("xend.node.pciinfo", "PCI.get_all_records"));

    private XendCalls() {}

    /** The body of the answer to a call of xend; empty for other calls. */
    public static Optional<byte[]> answer(String method) {
        if (!method.startsWith(PREFIX)) {
            return Optional.empty();
        }
        String instead = MESSAGES.get(method);
        XmlOutput out = new XmlOutput(1024);
        out.markup(
                "<?xml version=\"1.0\"?><methodResponse><fault><value><struct><member><name>faultCode</name><value><int>"
                        + CODE + "</int></value></member><member><name>faultString</name>");
        XmlRpcValue.text(
                out,
                method + " is a call of xend, which this host does not run. "
                        + (instead == null
                                ? "The XenAPI has no message for it"
                                : "Log in with session.login_with_password, and send " + instead));
        out.markup("</member></struct></value></fault></methodResponse>");
        return Optional.of(out.take());
    }
}
