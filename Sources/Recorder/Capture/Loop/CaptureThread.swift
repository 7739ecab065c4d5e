// What the capture thread does from its first to its last instruction: prepare itself, prove the stamps, run the loop.

internal import CKernelStamps
internal import Core
internal import Glibc

/// What the capture thread found before the first request.
struct CaptureSetup: Sendable {
    var environment: CaptureEnvironment
    /// The anchor of the trace's timeline.
    var origin: ClockAnchor
}

/// What the capture loop came to.
struct LoopAccount: Sendable {
    var progress: CaptureProgress
    var quality: QualityRecord
    var clockSteps: Int
    var failure: CaptureError?
}

/// The capture thread's body.
enum CaptureThread {
    /// Low among real-time priorities: above every ordinary thread, below the kernel's own.
    private static let realtimePriority: Int32 = 10
    /// More descriptors than any recording opens; bounds the table of stamps where the limit is a billion.
    private static let mostDescriptors: UInt64 = 1 << 20

    /// Prepares, says so, and runs the loop once it may.
    static func run(
        configuration: CaptureConfiguration,
        source: any RequestSource,
        control: CaptureControl,
        ring: ByteRing,
        isMemoryLocked: Bool,
        prepared: Handoff<Result<CaptureSetup, any Error>>,
        mayRun: Handoff<Bool>,
        account: Handoff<LoopAccount>
    ) {
        defer { kernelstamps_close() }
        ProcessRights.setTimerSlack(nanoseconds: 1)
        let isRealTime = configuration.usesRealTimePriority && ProcessRights.becomeRealTime(priority: realtimePriority)
        let descriptorLimit = ProcessRights.raiseDescriptorLimit()

        // The check's socket stays open to the end of the session: it keeps the kernel stamping.
        let hasTable = kernelstamps_open(Int32(min(descriptorLimit, mostDescriptors)))
        let check = hasTable ? KernelStampCheck() : nil
        let (refusal, insight) = verdict(on: check, isWanted: configuration.usesKernelStamps)

        let origin = ClockReading.anchor(narrowestOf: 50)
        let caBundle = configuration.caBundle ?? CertificateBundle.find()
        let environment = CaptureEnvironment(
            stampSource: refusal == nil ? .kernel : .callback,
            kernelStampRefusal: refusal,
            libraries: CurlLibrary.version,
            kernel: kernelRelease(),
            isRealTime: isRealTime,
            isMemoryLocked: isMemoryLocked,
            descriptorLimit: descriptorLimit,
            caBundle: caBundle,
            start: TraceInstant(nanosecondsSinceEpoch: origin.realtimeNanoseconds),
            startUncertainty: Nanoseconds(Int64((origin.width + 1) / 2))
        )
        do {
            let loop = try CaptureLoop(
                configuration: configuration,
                caBundle: caBundle,
                control: control,
                source: source,
                ring: ring,
                origin: origin,
                insight: insight
            )
            prepared.give(.success(CaptureSetup(environment: environment, origin: origin)))
            if mayRun.take() {
                loop.run()
                let last = loop.account
                // The writer empties the ring in the end, so there will be room for the last second.
                while loop.recorder.endSecond(inFlight: 0) == nil { control.waitForRoom() }
                account.give(last)
            }
        } catch {
            prepared.give(.failure(error))
        }
        extendLifetime(check)
        control.endLoop()
    }

    /// Why kernel stamps are not used, `nil` where they are, and what is known of sockets either way.
    private static func verdict(
        on check: borrowing KernelStampCheck?,
        isWanted: Bool
    ) -> (refusal: String?, insight: SocketInsight) {
        switch check {
        case .some(let check):
            let refusal = isWanted ? check.refusal : "switched off"
            return (refusal, refusal == nil ? .kernelStamps : check.seesReads ? .reads : .none)
        case nil:
            return (isWanted ? "no memory for the table of stamps" : "switched off", .none)
        }
    }

    private static func kernelRelease() -> String {
        let name = TextFile.read("/proc/sys/kernel/ostype")?.split(separator: "\n").first ?? "unknown"
        let release = TextFile.read("/proc/sys/kernel/osrelease")?.split(separator: "\n").first ?? ""
        return "\(name) \(release)"
    }
}

extension CaptureLoop {
    /// What the loop came to; to be asked once it has returned.
    var account: LoopAccount {
        LoopAccount(
            progress: progress,
            quality: recorder.wholeQuality(inFlight: inFlight.count),
            clockSteps: recorder.clockSteps,
            failure: failure
        )
    }
}
